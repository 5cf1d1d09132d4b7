//! Numbers in a row as bars, drawn at the server.

/// A chart of bars. A table beside it says the same.
#[derive(Debug, Clone)]
pub struct Chart {
    /// Of its title and its description in the page.
    pub id: String,
    pub title: String,
    /// What it shows, for whoever does not see it.
    pub about: String,
    pub width: u64,
    pub bars: Vec<Bar>,
}

impl Chart {
    /// Whether it is too long to be read on a telephone at once.
    pub fn is_long(&self) -> bool {
        self.bars.len() > 12
    }
}

/// One number, to be drawn.
#[derive(Debug, Clone)]
pub struct Column {
    pub label: String,
    pub count: u64,
    /// As it is shown.
    pub shown: String,
    /// Stands above the bar; empty for nothing.
    pub sign: &'static str,
    /// Of the bar's colours; empty for the usual one.
    pub class: &'static str,
}

/// One bar in the chart's own units.
#[derive(Debug, Clone)]
pub struct Bar {
    pub x: u64,
    pub y: u64,
    pub width: u64,
    pub height: u64,
    pub middle: u64,
    /// Empty where there is no room for it.
    pub label: String,
    /// Stands on top of the bar; empty where there is no room for it.
    pub top: String,
    pub class: &'static str,
}

/// Where the bars stand, and the lowest one may reach.
pub const GROUND: u64 = 120;
const TOP: u64 = 22;
const WIDTH: u64 = 720;
const SLOT_MAX: u64 = 40;
/// A narrower slot has no room for a number, and shows not every label.
const SLOT_LABELLED: u64 = 28;

impl Chart {
    /// Lays out bars, the longest one as high as there is room.
    pub fn of(id: impl Into<String>, title: impl Into<String>, about: impl Into<String>, columns: &[Column], most: u64) -> Self {
        let number = u64::try_from(columns.len()).unwrap_or(u64::MAX).max(1);
        let slot = (WIDTH / number).clamp(1, SLOT_MAX);
        let most = columns.iter().map(|it| it.count).max().unwrap_or(0).max(most).max(1);
        let every = usize::try_from(SLOT_LABELLED.div_ceil(slot)).unwrap_or(1);
        let bar = |(place, it): (usize, &Column)| {
            let x = slot * u64::try_from(place).unwrap_or(0) + slot / 8;
            let full = GROUND - TOP;
            // The smallest number is still seen.
            let height = (it.count.saturating_mul(full) / most).max(u64::from(it.count > 0) * 2);
            let width = (slot - slot / 4).max(1);
            let top = match (it.count, it.sign) {
                (0, sign) => sign.to_owned(),
                (_, "") => it.shown.clone(),
                (_, sign) => format!("{sign} {}", it.shown),
            };
            Bar {
                x,
                y: GROUND - height,
                width,
                height,
                middle: x + width / 2,
                label: if place.is_multiple_of(every) { it.label.clone() } else { String::new() },
                top: if slot >= SLOT_LABELLED { top } else { String::new() },
                class: it.class,
            }
        };
        Self {
            id: id.into(),
            title: title.into(),
            about: about.into(),
            width: slot * number,
            bars: columns.iter().enumerate().map(bar).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_stay_within_the_chart_and_the_smallest_number_is_seen() {
        for counts in [vec![], vec![0], vec![1, 0, 1_000_000], vec![7; 12], vec![u64::MAX, 1], (0..60).collect()] {
            let column = |it: &u64| Column { label: "01".into(), count: *it, shown: it.to_string(), sign: "", class: "" };
            let columns: Vec<Column> = counts.iter().map(column).collect();
            let chart = Chart::of("a", "", "", &columns, 0);
            assert_eq!(chart.bars.len(), counts.len());
            for (bar, count) in chart.bars.iter().zip(&counts) {
                assert!(bar.y >= TOP && bar.y + bar.height == GROUND && bar.x + bar.width <= chart.width, "{counts:?}");
                assert_eq!(bar.height > 0, *count > 0);
            }
        }
    }
}
