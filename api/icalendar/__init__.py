"""iCalendar (RFC 5545): what is taken elsewhere, and what is taken here."""
