"""Files of servers that have folders: SFTP, FTP, SMB, WebDAV."""
