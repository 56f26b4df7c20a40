"""The service's HTTP side: the webhook door and health. Problems are answered as RFC 9457 problem+json."""
