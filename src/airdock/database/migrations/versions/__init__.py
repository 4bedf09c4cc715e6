"""One file per migration; its name is its revision. A file that was released is never changed."""
