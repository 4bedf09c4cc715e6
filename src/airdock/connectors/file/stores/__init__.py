"""The places elsewhere that hold files: one declaration for each kind of store."""
