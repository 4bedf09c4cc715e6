"""SOAP services: operations of a WSDL are called with objects, and answer with plain values."""
