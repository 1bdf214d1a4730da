// What tests of HumanEvalPack use of the crates `rand` (0.7) and `md5`.
#[allow(dead_code)]
mod rand {
    pub struct ThreadRng(u64);
    pub fn thread_rng() -> ThreadRng {
        ThreadRng(0x9e3779b97f4a7c15)
    }
    static DRAWN: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(1);
    fn next() -> u64 {
        // splitmix64
        let mut z = DRAWN.fetch_add(0x9e3779b97f4a7c15, std::sync::atomic::Ordering::Relaxed);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58476d1ce4e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d049bb133111eb);
        z ^ (z >> 31)
    }
    pub trait Drawn: Copy {
        fn drawn(number: u64) -> Self;
        fn within(number: u64, low: Self, high: Self) -> Self;
    }
    macro_rules! drawn {
        ($($kind:ty)*) => {$(
            impl Drawn for $kind {
                fn drawn(number: u64) -> Self { number as $kind }
                fn within(number: u64, low: Self, high: Self) -> Self {
                    (low as i128 + (number as i128) % (high as i128 - low as i128)) as $kind
                }
            }
        )*};
    }
    drawn!(u8 u16 u32 u64 usize i8 i16 i32 i64 isize);
    pub fn random<T: Drawn>() -> T {
        T::drawn(next())
    }
    pub trait Rng {
        fn gen_range<T: Drawn>(&mut self, low: T, high: T) -> T {
            T::within(next(), low, high)
        }
        fn gen<T: Drawn>(&mut self) -> T {
            T::drawn(next())
        }
    }
    impl Rng for ThreadRng {}
}
#[allow(dead_code)]
mod md5 {
    pub struct Digest(pub [u8; 16]);
    impl std::fmt::LowerHex for Digest {
        fn fmt(&self, out: &mut std::fmt::Formatter) -> std::fmt::Result {
            self.0.iter().try_for_each(|byte| write!(out, "{:02x}", byte))
        }
    }
    impl std::fmt::Debug for Digest {
        fn fmt(&self, out: &mut std::fmt::Formatter) -> std::fmt::Result {
            write!(out, "{:x}", self)
        }
    }
    /// RFC 1321.
    pub fn compute<T: AsRef<[u8]>>(data: T) -> Digest {
        let turns = [[7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21]];
        let mut text = data.as_ref().to_vec();
        let bits = 8 * text.len() as u64;
        text.push(0x80);
        while text.len() % 64 != 56 {
            text.push(0);
        }
        text.extend_from_slice(&bits.to_le_bytes());
        let mut state: [u32; 4] = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476];
        for block in text.chunks(64) {
            let words: Vec<u32> = block.chunks(4).map(|part| u32::from_le_bytes([part[0], part[1], part[2], part[3]])).collect();
            let [mut a, mut b, mut c, mut d] = state;
            for step in 0..64usize {
                let round = step / 16;
                let (mixed, word) = match round {
                    0 => ((b & c) | (!b & d), step),
                    1 => ((d & b) | (!d & c), 5 * step + 1),
                    2 => (b ^ c ^ d, 3 * step + 5),
                    _ => (c ^ (b | !d), 7 * step),
                };
                let sine = (((step + 1) as f64).sin().abs() * 4294967296.0).floor() as u32;
                let sum = a.wrapping_add(mixed).wrapping_add(sine).wrapping_add(words[word % 16]);
                a = d;
                d = c;
                c = b;
                b = b.wrapping_add(sum.rotate_left(turns[round][step % 4]));
            }
            for (part, more) in state.iter_mut().zip([a, b, c, d]) {
                *part = part.wrapping_add(more);
            }
        }
        let mut digest = [0u8; 16];
        for (at, part) in state.iter().enumerate() {
            digest[4 * at..4 * at + 4].copy_from_slice(&part.to_le_bytes());
        }
        Digest(digest)
    }
}
