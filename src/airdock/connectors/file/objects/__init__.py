"""Files that are objects of a store without folders: S3 and its kin, Google Cloud Storage, Azure."""
