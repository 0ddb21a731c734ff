//! Random numbers that depend on nothing but who draws them, at which step of which story: what one device draws leaves
//! no trace in what another one draws, or the same one later, however many draws an answer or a delay has cost it.

use rand::{SeedableRng, rngs::StdRng};

/// Draws for the story itself: which step comes next, and who takes part.
pub const STORYTELLER: usize = usize::MAX;

/// The generator of `who` (the number of a device, or [`STORYTELLER`]) at a step of the story from `seed`.
pub fn rng(seed: u64, who: usize, step: u64) -> StdRng {
    let mut key = [0; 32];
    key[..8].copy_from_slice(&seed.to_le_bytes());
    key[8..16].copy_from_slice(&u64::try_from(who).unwrap().to_le_bytes());
    key[16..24].copy_from_slice(&step.to_le_bytes());
    StdRng::from_seed(key)
}
