// The wrappers of this target are header-only; this file makes it a target.
