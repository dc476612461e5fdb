//! Renderers of [`crate::Diagnostic`].
