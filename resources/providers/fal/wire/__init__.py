"""What goes over the wire to fal.ai and back: its client, its downloads, its memory of requests, its webhooks."""
