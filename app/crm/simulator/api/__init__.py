"""HubSpot's HTTP API over one portal: plain functions from a call to an answer, behind one gate."""
