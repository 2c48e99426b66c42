//! Integrals of smooth functions, by the 15 points of Gauss and Kronrod on panels that are halved where needed.

// One half of the points from -1 to 1; the other mirrors it. Their Kronrod weights, and the Gauss weights of every
// second one (Piessens and others, QUADPACK, 1983).
const POINTS: [f64; 8] = [
    0.991_455_371_120_812_6,
    0.949_107_912_342_758_5,
    0.864_864_423_359_769_1,
    0.741_531_185_599_394_4,
    0.586_087_235_467_691_1,
    0.405_845_151_377_397_2,
    0.207_784_955_007_898_47,
    0.0,
];
const KRONROD: [f64; 8] = [
    0.022_935_322_010_529_224,
    0.063_092_092_629_978_55,
    0.104_790_010_322_250_18,
    0.140_653_259_715_525_92,
    0.169_004_726_639_267_9,
    0.190_350_578_064_785_4,
    0.204_432_940_075_298_9,
    0.209_482_141_084_727_83,
];
const GAUSS: [f64; 4] =
    [0.129_484_966_168_869_7, 0.279_705_391_489_276_67, 0.381_830_050_505_118_9, 0.417_959_183_673_469_4];

/// A panel is good when the two rules differ by less than this share: what the better one is then wrong by is far less.
const AGREED: f64 = 1e-10;
/// Panels that are looked at in one integral. What is integrated here takes some hundred; the rest is a guard.
const MAX_PANELS: usize = 20_000;

/// The integrals of several functions at once, positive ones, between two ends. What is narrower than a hundredth of the
/// way has to have an end of its own, or it may stand between all points.
pub(crate) fn integrate<const N: usize>(f: impl Fn(f64) -> [f64; N], from: f64, to: f64) -> [f64; N] {
    let mut sum = [0.0; N];
    let mut open = vec![(from, to)];
    let mut seen = 0;
    while let Some((from, to)) = open.pop() {
        seen += 1;
        let (fine, coarse) = panel(&f, from, to);
        let middle = from + (to - from) / 2.0;
        let good = fine.iter().zip(&coarse).all(|(fine, coarse)| (fine - coarse).abs() <= AGREED * fine.abs());
        // A panel that can't be halved any more is as good as it gets.
        if good || seen + open.len() >= MAX_PANELS || middle <= from || middle >= to {
            for (sum, fine) in sum.iter_mut().zip(fine) {
                *sum += fine;
            }
        } else {
            open.extend([(from, middle), (middle, to)]);
        }
    }
    sum
}

/// One panel by the 15 points of Kronrod, and by the 7 of Gauss among them.
fn panel<const N: usize>(f: &impl Fn(f64) -> [f64; N], from: f64, to: f64) -> ([f64; N], [f64; N]) {
    let (centre, half) = (from + (to - from) / 2.0, (to - from) / 2.0);
    let (mut fine, mut coarse) = ([0.0; N], [0.0; N]);
    for (i, point) in POINTS.into_iter().enumerate() {
        let left = f(centre - half * point);
        let right = if point == 0.0 { [0.0; N] } else { f(centre + half * point) };
        for k in 0..N {
            let both = (left[k] + right[k]) * half;
            fine[k] += KRONROD[i] * both;
            if i % 2 == 1 {
                coarse[k] += GAUSS[i / 2] * both;
            }
        }
    }
    (fine, coarse)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn polynomials_are_exact_as_far_as_each_rule_reaches() {
        for degree in 0..=22 {
            let (fine, coarse) = panel(&|x: f64| [x.powi(degree)], 0.0, 1.0);
            let exact = 1.0 / f64::from(degree + 1);
            assert!((fine[0] - exact).abs() < 1e-15, "degree {degree}: {} of {exact}", fine[0]);
            assert!(degree > 13 || (coarse[0] - exact).abs() < 1e-15, "degree {degree}: {} of {exact}", coarse[0]);
        }
    }

    #[test]
    fn a_steep_end_is_refined() {
        let width = 1e-3;
        let [got] = integrate(|x: f64| [(-x / width).exp() / width], 0.0, 1.0);
        assert!((got - 1.0).abs() < 1e-12, "{got}");
    }
}
