//! Colours as SpamAssassin understands them in attributes and styles.

use std::sync::LazyLock;

/// The names of CSS 3 (<https://www.w3.org/TR/css-color-3/#svg-color>).
const NAMES: &str = "\
    aliceblue=f0f8ff antiquewhite=faebd7 aqua=00ffff aquamarine=7fffd4 azure=f0ffff beige=f5f5dc bisque=ffe4c4 \
    black=000000 blanchedalmond=ffebcd blue=0000ff blueviolet=8a2be2 brown=a52a2a burlywood=deb887 cadetblue=5f9ea0 \
    chartreuse=7fff00 chocolate=d2691e coral=ff7f50 cornflowerblue=6495ed cornsilk=fff8dc crimson=dc143c cyan=00ffff \
    darkblue=00008b darkcyan=008b8b darkgoldenrod=b8860b darkgray=a9a9a9 darkgreen=006400 darkgrey=a9a9a9 \
    darkkhaki=bdb76b darkmagenta=8b008b darkolivegreen=556b2f darkorange=ff8c00 darkorchid=9932cc darkred=8b0000 \
    darksalmon=e9967a darkseagreen=8fbc8f darkslateblue=483d8b darkslategray=2f4f4f darkslategrey=2f4f4f \
    darkturquoise=00ced1 darkviolet=9400d3 deeppink=ff1493 deepskyblue=00bfff dimgray=696969 dimgrey=696969 \
    dodgerblue=1e90ff firebrick=b22222 floralwhite=fffaf0 forestgreen=228b22 fuchsia=ff00ff gainsboro=dcdcdc \
    ghostwhite=f8f8ff gold=ffd700 goldenrod=daa520 gray=808080 green=008000 greenyellow=adff2f grey=808080 \
    honeydew=f0fff0 hotpink=ff69b4 indianred=cd5c5c indigo=4b0082 ivory=fffff0 khaki=f0e68c lavender=e6e6fa \
    lavenderblush=fff0f5 lawngreen=7cfc00 lemonchiffon=fffacd lightblue=add8e6 lightcoral=f08080 lightcyan=e0ffff \
    lightgoldenrodyellow=fafad2 lightgray=d3d3d3 lightgreen=90ee90 lightgrey=d3d3d3 lightpink=ffb6c1 \
    lightsalmon=ffa07a lightseagreen=20b2aa lightskyblue=87cefa lightslategray=778899 lightslategrey=778899 \
    lightsteelblue=b0c4de lightyellow=ffffe0 lime=00ff00 limegreen=32cd32 linen=faf0e6 magenta=ff00ff maroon=800000 \
    mediumaquamarine=66cdaa mediumblue=0000cd mediumorchid=ba55d3 mediumpurple=9370db mediumseagreen=3cb371 \
    mediumslateblue=7b68ee mediumspringgreen=00fa9a mediumturquoise=48d1cc mediumvioletred=c71585 \
    midnightblue=191970 mintcream=f5fffa mistyrose=ffe4e1 moccasin=ffe4b5 navajowhite=ffdead navy=000080 \
    oldlace=fdf5e6 olive=808000 olivedrab=6b8e23 orange=ffa500 orangered=ff4500 orchid=da70d6 palegoldenrod=eee8aa \
    palegreen=98fb98 paleturquoise=afeeee palevioletred=db7093 papayawhip=ffefd5 peachpuff=ffdab9 peru=cd853f \
    pink=ffc0cb plum=dda0dd powderblue=b0e0e6 purple=800080 red=ff0000 rosybrown=bc8f8f royalblue=4169e1 \
    saddlebrown=8b4513 salmon=fa8072 sandybrown=f4a460 seagreen=2e8b57 seashell=fff5ee sienna=a0522d silver=c0c0c0 \
    skyblue=87ceeb slateblue=6a5acd slategray=708090 slategrey=708090 snow=fffafa springgreen=00ff7f \
    steelblue=4682b4 tan=d2b48c teal=008080 thistle=d8bfd8 tomato=ff6347 turquoise=40e0d0 violet=ee82ee wheat=f5deb3 \
    white=ffffff whitesmoke=f5f5f5 yellow=ffff00 yellowgreen=9acd32";

static TABLE: LazyLock<Vec<(&'static str, [u8; 3])>> = LazyLock::new(|| {
    let word = |word: &'static str| {
        let (name, hex) = word.split_once('=')?;
        Some((name, flexible_hex(hex.as_bytes())))
    };
    NAMES.split(' ').filter_map(word).collect()
});

/// Below this weighted distance two colours are one to the eye.
const SAME: f64 = 12.0;

/// A colour of text or ground.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Colour {
    Rgb([u8; 3]),
    /// The colour of whatever is behind it.
    Transparent,
    /// Nothing a browser knows.
    Invalid,
}

impl Colour {
    /// A name, `#` and digits, or `rgb(1, 2, 3)`, in any case.
    pub(super) fn read(written: &[u8]) -> Self {
        let written = written.trim_ascii();
        if let Some(digits) = written.strip_prefix(b"#")
            && !digits.is_empty()
            && digits.iter().all(u8::is_ascii_hexdigit)
        {
            return Self::Rgb(flexible_hex(digits));
        }
        let name = written.to_ascii_lowercase();
        if memchr::memmem::find(&name, b"rgb").is_some() {
            return Self::Rgb(triple(written));
        }
        let found = TABLE.binary_search_by(|(known, _)| known.as_bytes().cmp(name.as_slice())).ok();
        found.and_then(|at| TABLE.get(at)).map_or(Self::Invalid, |(_, rgb)| Self::Rgb(*rgb))
    }

    /// Whether text of this colour is hardly seen on that ground.
    pub(super) fn is_lost_on(self, ground: Self) -> bool {
        match (self, ground) {
            (Self::Transparent, _) => true,
            (Self::Rgb(ink), Self::Rgb(ground)) => ink == ground || distance(ink, ground) < SAME,
            _ => self == ground,
        }
    }
}

/// Differences weighted by how bright the eye sees each channel.
fn distance(one: [u8; 3], other: [u8; 3]) -> f64 {
    let weights = [0.2126, 0.7152, 0.0722];
    let squares = one.iter().zip(other).zip(weights).map(|((one, other), weight)| {
        let weighted = (f64::from(*one) - f64::from(other)) * weight;
        weighted * weighted
    });
    squares.sum::<f64>().sqrt()
}

/// Of six and more digits six count, of fewer three.
fn flexible_hex(digits: &[u8]) -> [u8; 3] {
    let digit = |at: usize| digits.get(at).and_then(|byte| char::from(*byte).to_digit(16)).unwrap_or(0);
    let channel = |at: usize| match digits.len() {
        0..6 => digit(at) * 17,
        _ => digit(at * 2) * 16 + digit(at * 2 + 1),
    };
    [0, 1, 2].map(|at| u8::try_from(channel(at)).unwrap_or(u8::MAX))
}

/// `rgb(255, 0, 300)`: only digits and commas count.
fn triple(written: &[u8]) -> [u8; 3] {
    let kept: Vec<u8> = written.iter().copied().filter(|byte| byte.is_ascii_digit() || *byte == b',').collect();
    let mut rgb = [0; 3];
    for (channel, digits) in rgb.iter_mut().zip(kept.split(|byte| *byte == b',')) {
        let value = digits
            .iter()
            .fold(0_u32, |sum, digit| sum.saturating_mul(10).saturating_add(u32::from(*digit - b'0')).min(1000));
        *channel = u8::try_from(value).unwrap_or(u8::MAX);
    }
    rgb
}
