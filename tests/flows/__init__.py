"""Stories, told with fakes."""
