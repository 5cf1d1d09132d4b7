//! The outlets of the rehearsal press: who they are, how their sites are built, how often they publish, when they fail.
//! The province of Bình Hương and all its press are invented.

use crate::rehearsal::dates::Minute;

/// How an outlet's site is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Build {
    /// A modern daily: JSON-LD, RSS with tracking parameters, AMP pages, gzip.
    Daily,
    /// An old ASP.NET station site: tables, windows-1258, today's date at the head of every page.
    Station,
    /// A paper without any feed: listing pages only.
    Weekly,
    /// A small news system with a short RSS feed.
    Plain,
    /// A site whose only outlet-wide source is a sitemap index.
    Sitemaps,
    /// A feed whose dates break every standard.
    OddDates,
    /// A magazine with an Atom feed.
    Magazine,
    /// A portal of the authorities with GUID addresses.
    Portal,
}

/// One outlet of the press.
pub struct Role {
    pub id: &'static str,
    pub name: &'static str,
    /// The words of the register for its kind and duty.
    pub kind: &'static str,
    pub duty: &'static str,
    pub build: Build,
    /// The number of its first item; each later one is one higher, so that no two outlets share a number.
    pub first_number: u32,
    /// Fewest and most ordinary items on a day of publication, and the days from one such day to the next.
    pub rhythm: (u64, u64, i64),
    /// The minutes between which it publishes, where that is not the whole rehearsal.
    pub opens: Option<Minute>,
    pub closes: Option<Minute>,
    /// How many items its feed or front page lists.
    pub window: usize,
    /// Further lines of its entry in the register.
    pub register: &'static str,
}

/// What goes wrong on a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// 503 on everything.
    Unavailable,
    /// 200 with a notice in HTML where the feed should be; pages are served.
    Maintenance,
    /// 403 with a page that asks for a browser check.
    Challenge,
}

/// A stretch of trouble at one outlet, in local time.
pub struct Fault {
    pub outlet: &'static str,
    pub from: Minute,
    pub to: Minute,
    pub trouble: Trouble,
}

/// The local day on which the oldest item was published, and the last day of the script.
pub const FIRST_DAY: (i32, u32, u32) = (2025, 10, 20);
pub const LAST_DAY: (i32, u32, u32) = (2026, 11, 10);

const ORDINARY: Role = Role {
    id: "",
    name: "",
    kind: "newspaper",
    duty: "monthly",
    build: Build::Plain,
    first_number: 0,
    rhythm: (1, 1, 1),
    opens: None,
    closes: None,
    window: 20,
    register: "",
};

/// The outlets in the order of the register.
pub const CAST: [Role; 12] = [
    Role {
        id: "bao-binh-huong",
        name: "Báo Bình Hương",
        build: Build::Daily,
        first_number: 200_000,
        rhythm: (2, 3, 1),
        window: 30,
        ..ORDINARY
    },
    Role {
        id: "dai-binh-huong",
        name: "Đài Phát thanh và Truyền hình Bình Hương",
        kind: "radio_tv",
        build: Build::Station,
        first_number: 31_000,
        window: 25,
        register: "blind = [\"broadcast\"]\n",
        ..ORDINARY
    },
    Role { id: "tuan-bao-dong-ngu", name: "Tuần báo Đông Ngự", build: Build::Weekly, first_number: 4_100, window: 6, ..ORDINARY },
    Role { id: "thoi-bao-cua-bien", name: "Thời báo Cửa Biển", first_number: 510_000, rhythm: (1, 2, 1), window: 10, ..ORDINARY },
    Role { id: "dien-tu-suoi-may", name: "Báo điện tử Suối Mây", build: Build::Sitemaps, first_number: 620_000, ..ORDINARY },
    Role { id: "kinh-te-binh-huong", name: "Báo Kinh tế Bình Hương", build: Build::OddDates, first_number: 73_000, ..ORDINARY },
    Role {
        id: "van-nghe-da-bac",
        name: "Tạp chí Văn nghệ Đá Bạc",
        kind: "magazine",
        build: Build::Magazine,
        first_number: 8_200,
        rhythm: (1, 1, 2),
        register: "exempt = [{ from = \"2026-01\", to = \"2026-06\", reason = \"Xuất bản theo kỳ riêng, hai tháng một số\", \
                   decision = \"15/QĐ-BH (số giả định), 20/12/2025\" }]\n",
        ..ORDINARY
    },
    Role {
        id: "cong-binh-huong",
        name: "Cổng thông tin điện tử tỉnh Bình Hương",
        kind: "portal",
        duty: "reference",
        build: Build::Portal,
        first_number: 90_100,
        rhythm: (1, 1, 2),
        ..ORDINARY
    },
    Role {
        id: "bao-thanh-xua",
        name: "Báo Thành Xưa",
        first_number: 150_000,
        closes: Some((2026, 3, 31, 23, 59)),
        register: "active = { to = \"2026-03\" }\nsuccessor = \"bao-thanh-moi\"\n",
        ..ORDINARY
    },
    Role {
        id: "bao-thanh-moi",
        name: "Báo Thành Mới",
        first_number: 1_000,
        opens: Some((2026, 3, 20, 0, 0)),
        register: "active = { from = \"2026-04\" }\n",
        ..ORDINARY
    },
    Role {
        id: "ban-tin-dam-pha",
        name: "Bản tin Đầm Phá",
        first_number: 1,
        // It never publishes: its feed stands empty for the whole year.
        opens: Some((2030, 1, 1, 0, 0)),
        ..ORDINARY
    },
    Role { id: "bao-nui-may", name: "Báo Núi Mây", first_number: 330_000, rhythm: (1, 1, 2), ..ORDINARY },
];

/// Every stretch of trouble of the year.
pub const FAULTS: [Fault; 6] = [
    // Nine days; the paper's listing pages can be walked back, so the gap heals.
    Fault { outlet: "tuan-bao-dong-ngu", from: (2026, 5, 11, 6, 0), to: (2026, 5, 20, 6, 0), trouble: Trouble::Unavailable },
    // Both outlast the short feed by far and touch two months each: nothing can heal them.
    Fault { outlet: "thoi-bao-cua-bien", from: (2026, 3, 24, 6, 0), to: (2026, 4, 6, 6, 0), trouble: Trouble::Unavailable },
    Fault { outlet: "thoi-bao-cua-bien", from: (2026, 8, 25, 6, 0), to: (2026, 9, 7, 6, 0), trouble: Trouble::Unavailable },
    // Short troubles from which no gap may follow, since the next good visit overlaps.
    Fault { outlet: "bao-binh-huong", from: (2026, 1, 15, 5, 0), to: (2026, 1, 15, 23, 0), trouble: Trouble::Unavailable },
    Fault { outlet: "dai-binh-huong", from: (2026, 6, 10, 0, 0), to: (2026, 6, 11, 12, 0), trouble: Trouble::Maintenance },
    // For good: this outlet can never be seen at all.
    Fault { outlet: "bao-nui-may", from: (2025, 1, 1, 0, 0), to: (2030, 1, 1, 0, 0), trouble: Trouble::Challenge },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rehearsal::dates::instant;

    #[test]
    fn every_fault_strikes_an_outlet_of_the_cast_for_a_real_stretch() {
        for fault in &FAULTS {
            assert!(CAST.iter().any(|role| role.id == fault.outlet), "{}", fault.outlet);
            assert!(instant(fault.from) < instant(fault.to), "{}", fault.outlet);
        }
    }
}
