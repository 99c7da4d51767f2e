//! Profiles of the published files beside figures of a separate computation, written straight from
//! the definitions.

mod common;

use seqrec_data::{Manifest, PrepareConfig, load, profile::Profile};

fn profile(name: &str) -> Option<Profile> {
    let manifest = Manifest::builtin(name).unwrap();
    let dir = common::folder(manifest.folder())?;
    Some(Profile::new(&load(&manifest, dir).unwrap().prepare(&PrepareConfig::default()).unwrap()))
}

fn near(found: Option<f64>, expected: f64) {
    let found = found.expect("the figure is there");
    assert!((found - expected).abs() < 1e-12 * expected.abs().max(1.0), "{found} instead of {expected}");
}

#[test]
fn movielens_100k() {
    let Some(found) = profile("ml-100k") else {
        return;
    };
    let lengths = found.lengths.quantiles.unwrap();
    assert_eq!((lengths.min, lengths.median, lengths.max), (20.0, 65.0, 737.0));
    let heads: Vec<_> = found.popularity.heads.iter().map(|head| (head.items, head.of_events)).collect();
    assert_eq!(heads, [(17, 0.07634), (85, 0.26609), (337, 0.64719)]);
    near(found.popularity.gini, 0.628_999_631_391_201);
    assert_eq!((found.popularity.once, found.repetition.repeats), (141, 0));
    assert_eq!(found.popularity.top[0].title.as_deref(), Some("Star Wars (1977)"));

    let categories = found.categories.unwrap();
    assert_eq!((categories.categories, categories.without), (19, Some(0.0)));
    assert_eq!(categories.per_user.unwrap().median, 10.0);
    near(categories.user_entropy.map(|bits| bits.median), 2.497_584_119_470_064_3);
    near(categories.entropy, 2.822_442_665_788_852_6);
    assert_eq!((categories.top[0].name.as_str(), categories.top[0].events), ("Drama", 27_050));

    let gaps = found.gaps.unwrap();
    assert_eq!((gaps.quantiles.unwrap().median, gaps.quantiles.unwrap().max), (0.0, 17_490_210.0));
    assert_eq!(gaps.histogram.zeros, 50_561);
    let calendar = found.calendar.unwrap();
    assert_eq!((calendar.hours[21], calendar.weekdays[2]), (8_191, 16_621));

    let timeline = found.timeline.unwrap();
    assert_eq!((timeline.first, timeline.last), (874_724_710, 893_286_638));
    assert_eq!((timeline.before, timeline.after), (98, 100));
    let events: Vec<_> = timeline.periods.iter().map(|period| period.events).collect();
    let expected = [
        5823, 4021, 2688, 2798, 2061, 4912, 12746, 5553, 3451, 4251, 2615, 4236, 5048, 3045, 3849, 3057,
        2879, 4688, 2817, 2062, 739, 11910, 1778, 2775,
    ];
    assert_eq!(events, expected);
    let last = timeline.periods.last().unwrap();
    assert_eq!((last.users, last.items, last.new_items), (60, 934, 12));
}

#[test]
fn taobao_users_return_to_items() {
    let Some(found) = profile("taobao") else {
        return;
    };
    assert_eq!((found.repetition.repeats, found.repetition.consecutive), (19_627, 561));
    near(found.repetition.of_users, 0.940_196_078_431_372_5);
    near(found.popularity.gini, 0.277_958_622_472_560_1);
    assert_eq!(found.popularity.once, 47_250);
    let categories = found.categories.unwrap();
    near(categories.user_entropy.map(|bits| bits.median), 3.579_598_707_998_211);
    near(categories.entropy, 8.491_947_519_764_194);
    // Five events lie months before the others and must not stretch the periods.
    let timeline = found.timeline.unwrap();
    assert_eq!((timeline.first, timeline.before, timeline.after), (1_505_117_799, 93, 93));
    let last = timeline.periods.last().unwrap();
    assert_eq!((last.events, last.users, last.items, last.new_items), (7_279, 732, 6_204, 4_228));
}

#[test]
fn beauty_has_no_times() {
    let Some(found) = profile("beauty") else {
        return;
    };
    assert_eq!((found.size.users, found.size.items, found.size.events), (22_363, 12_101, 198_502));
    assert!(found.timeline.is_none() && found.gaps.is_none() && found.calendar.is_none());
    let json = serde_json::to_string(&found).unwrap();
    assert!(json.contains(r#""timeline":null"#));
}
