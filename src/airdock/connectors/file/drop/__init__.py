"""Drop folders: files that others put somewhere become arrivals, and go elsewhere when they were worked off."""
