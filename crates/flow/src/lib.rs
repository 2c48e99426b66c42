//! The graph an interaction walks: definition, validation, interpreter; a file per node kind.
