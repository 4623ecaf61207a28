//! Attribute names are serde's: whatever serde writes is what the schema declares.

use migrate_core::Table;
use serde::Serialize;

macro_rules! names_agree {
    ($($module:ident $rule:literal,)*) => { $(
        mod $module {
            use super::*;

            #[derive(Default, Serialize, Table)]
            #[serde(rename_all = $rule)]
            #[table(name = "renamed", frozen)]
            struct Renamed {
                #[table(partition_key)]
                id: String,
                first_name: String,
                _hidden: u8,
                a1_b2: u8,
                trailing_: u8,
                r#type: u8,
                x_été: u8,
                #[serde(rename = "Own-Name")]
                renamed: u8,
            }

            #[test]
            fn names_agree() {
                let stored = serde_json::to_value(Renamed::default()).unwrap();
                let mut stored: Vec<String> = stored.as_object().unwrap().keys().cloned().collect();
                let mut declared: Vec<String> = Renamed::schema().attributes.into_iter().map(|attribute| attribute.name).collect();
                stored.sort();
                declared.sort();
                assert_eq!(declared, stored);
            }
        }
    )* };
}
names_agree! {
    lower "lowercase", upper "UPPERCASE", pascal "PascalCase", camel "camelCase", snake "snake_case",
    screaming_snake "SCREAMING_SNAKE_CASE", kebab "kebab-case", screaming_kebab "SCREAMING-KEBAB-CASE",
}

#[derive(Serialize, Table)]
#[serde(rename_all = "camelCase")]
#[table(name = "renamed")]
#[table(global_index(name = "by-name", partition_key = first_name, sort_key = last_name))]
struct Indexed {
    #[table(partition_key)]
    customer_id: String,
    first_name: String,
    #[serde(rename = "surname")]
    last_name: String,
}

#[test]
fn keys_and_indexes_speak_of_stored_names() {
    let schema = Indexed::schema();
    assert_eq!(schema.key.to_string(), "(customerId S)");
    assert_eq!(schema.global_indexes["by-name"].key.to_string(), "(firstName S, surname S)");
}
