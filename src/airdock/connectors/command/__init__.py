"""Programs that the installation allows flows to run: the step `command`."""
