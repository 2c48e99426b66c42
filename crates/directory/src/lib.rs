//! Tenants, users, roles, teams, devices and their registrations, pure.
