"""Values that several floors share. Pure: no I/O, no clock, no framework, no word of any one CRM's API."""
