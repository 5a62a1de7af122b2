-- Oldest version: 0.1.0

-- The events whose addresses will be dropped, by age.
CREATE INDEX audit_events_addresses ON audit_events (created_at) WHERE ip_address IS NOT NULL;
