//! Random numbers that are the same for ever. Ids and names of the demo must not change with a version of a library
//! (`rand` promises that for no generator of its own choosing), so the generator is spelled out: SplitMix64.

/// A stream of numbers that look random.
#[derive(Clone, Debug)]
pub(super) struct Random(u64);

impl Random {
    /// The stream with this name. Streams of different names know nothing of each other: drawing once more in one
    /// changes no other.
    pub(super) fn named(name: &str, seed: u64) -> Self {
        let mut hash = 0xcbf2_9ce4_8422_2325 ^ seed;
        for byte in name.bytes() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        Self(hash)
    }

    fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// A number below `bound`; 0 when there is none.
    pub(super) fn below(&mut self, bound: usize) -> usize {
        // The upper 32 bits scaled into the range: as good as even for the few thousand this is asked for.
        let scaled = (self.draw() >> 32).wrapping_mul(bound as u64) >> 32;
        usize::try_from(scaled).unwrap_or_default()
    }

    /// A number from `low` to `high`, both included.
    pub(super) fn between(&mut self, low: i64, high: i64) -> i64 {
        let width = usize::try_from(high - low + 1).unwrap_or_default();
        low + i64::try_from(self.below(width)).unwrap_or_default()
    }

    /// True this often in a hundred.
    pub(super) fn percent(&mut self, often: usize) -> bool {
        self.below(100) < often
    }

    /// One of `items`, which must not be empty.
    pub(super) fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }

    /// Brings `items` into a random order.
    pub(super) fn shuffle<T>(&mut self, items: &mut [T]) {
        for end in (1..items.len()).rev() {
            items.swap(end, self.below(end + 1));
        }
    }

    /// The random part of an id.
    pub(super) fn bytes(&mut self) -> [u8; 10] {
        let (head, tail) = (self.draw().to_le_bytes(), self.draw().to_le_bytes());
        let mut bytes = [0; 10];
        bytes[..8].copy_from_slice(&head);
        bytes[8..].copy_from_slice(&tail[..2]);
        bytes
    }
}
