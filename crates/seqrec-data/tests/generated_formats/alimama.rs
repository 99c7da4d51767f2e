//! Alimama: impressions, ads and profiles in files of their own.

use super::{history, item, of_events, of_item, read, times};

const SAMPLES: &str = "user,time_stamp,adgroup_id,pid,nonclk,clk\n\
    581738,1494137644,1,430548_1007,1,0\n\
    449818,1494638778,3,430548_1007,1,0\n\
    581738,1494137600,3,430539_1007,0,1\n\
    914836,1494650879,1,430548_1007,1,0\n";
const ADS: &str = "adgroup_id,cate_id,campaign_id,customer,brand,price\n\
    3,6406,83237,1,95471,170.0\n\
    1,6406,83237,1,NULL,199.0\n\
    9,392,9,1,1,0.5\n";
/// The header ends in a blank; grade and city may be empty.
const PROFILES: &str = "userid,cms_segid,cms_group_id,final_gender_code,age_level,pvalue_level,shopping_level,occupation,new_user_class_level \n\
    581738,0,5,2,5,,3,0,3\n\
    449818,5,2,2,2,1,3,1,\n";

#[test]
fn impressions_with_clicks_ads_and_profiles() {
    let files = [("raw_sample.csv", SAMPLES), ("ad_feature.csv", ADS), ("user_profile.csv", PROFILES)];
    let sequences = read("alimama", &files.map(|(name, text)| (name, text.as_bytes())));
    assert_eq!((sequences.num_users(), sequences.num_items(), sequences.num_events()), (3, 2, 4));
    assert_eq!(history(&sequences, "581738"), ["3", "1"]);
    assert_eq!(times(&sequences, "581738"), [1_494_137_600, 1_494_137_644]);
    let user = |raw| sequences.user_ids().code(raw).unwrap();
    assert_eq!(sequences.ratings(user("581738")), Some(&[1.0, 0.0][..]), "clicked, then not");
    assert_eq!(of_events(&sequences, "position", "581738"), [Some("430539_1007"), Some("430548_1007")]);

    assert_eq!(of_item(&sequences, "category", "1"), Some("6406"));
    assert_eq!(of_item(&sequences, "brand", "3"), Some("95471"));
    assert_eq!(of_item(&sequences, "brand", "1"), None, "NULL");
    let price = sequences.item_field("price").unwrap().numbers().unwrap();
    assert_eq!(price.of(item(&sequences, "1")), Some(199.0));

    let profile = |field: &str, raw| {
        sequences.user_field(field).unwrap().single().unwrap().name_of(user(raw)).map(str::to_owned)
    };
    assert_eq!(profile("city_tier", "581738").as_deref(), Some("3"));
    assert_eq!(profile("city_tier", "449818"), None);
    assert_eq!(profile("consumption_grade", "581738"), None);
    assert_eq!(profile("gender", "449818").as_deref(), Some("2"));
    assert_eq!(profile("gender", "914836"), None, "a user without a profile stays");
}
