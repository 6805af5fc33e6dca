"""The API, one blueprint a resource: schemas at the top of each file, thin views below."""
