"""What steps keep in stores: keys, luggage, the progress of sagas."""
