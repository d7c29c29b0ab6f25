"""Where an address is, as a geocoder of the operator's choice says."""
