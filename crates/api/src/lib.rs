//! HTTP, server-sent events and OpenAPI; DTOs live here and nowhere else.
