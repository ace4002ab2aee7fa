"""Draws parametric furniture: solids, a ray caster, ten kinds of furniture, and pictures of them, all from explicit seeds."""
