//! What has operations of its own: time to live, tags, policies, insights, Kinesis destinations.

use super::*;
use aws_sdk_dynamodb::types::{
    ApproximateCreationDateTimePrecision, ContributorInsightsAction, ContributorInsightsMode, Tag, TimeToLiveSpecification,
    UpdateKinesisStreamingConfiguration,
};
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3600);

async fn ttl(client: &Client) -> (String, Option<String>) {
    let answer = client.describe_time_to_live().table_name("tab").send().await.unwrap();
    let live = answer.time_to_live_description.unwrap();
    (live.time_to_live_status.unwrap().as_str().to_owned(), live.attribute_name)
}

#[tokio::test]
async fn time_to_live_changes_once_an_hour() {
    let model = Model::with(Quirks { polls_ttl: 2, ..Quirks::instant() });
    let client = model.once();
    create(&client).send().await.unwrap();
    let set = |enabled, name: &str| {
        let wanted = TimeToLiveSpecification::builder().enabled(enabled).attribute_name(name).build().unwrap();
        client.update_time_to_live().table_name("tab").time_to_live_specification(wanted).send()
    };
    refused(set(false, "at").await, INVALID, "already disabled");
    refused(set(true, "").await, INVALID, "attributeName");
    set(true, "at").await.unwrap();
    refused(set(true, "at").await, INVALID, "already enabled");
    refused(set(true, "other").await, INVALID, "different AttributeName");
    refused(set(false, "other").await, INVALID, "different AttributeName");
    refused(set(false, "at").await, INVALID, "multiple times");
    assert_eq!(model.violations().len(), 6);
    let at = Some("at".to_owned());
    assert_eq!(ttl(&client).await, ("ENABLING".to_owned(), at.clone()));
    assert_eq!(ttl(&client).await, ("ENABLING".to_owned(), at.clone()));
    assert_eq!(ttl(&client).await, ("ENABLED".to_owned(), at.clone()));
    refused(set(false, "at").await, INVALID, "multiple times");
    assert_eq!(model.violations().len(), 6, "when the last change was cannot be seen");
    model.clock().advance(HOUR);
    set(false, "at").await.unwrap();
    assert_eq!(ttl(&client).await, ("DISABLING".to_owned(), at));
    model.clock().advance(HOUR);
    assert_eq!(ttl(&client).await, ("DISABLED".to_owned(), None), "an hour ends it as well");
    set(true, "other").await.unwrap();
    assert_eq!(model.violations().len(), 6);
}

#[tokio::test]
async fn fifty_tags_of_ours() {
    let model = instant();
    let client = model.once();
    create(&client).send().await.unwrap();
    let arn = describe(&client).await.table_arn.unwrap();
    let tags = |names: Vec<String>| {
        let tags = names.iter().map(|name| Tag::builder().key(name).value("v").build().unwrap()).collect();
        client.tag_resource().resource_arn(&arn).set_tags(Some(tags)).send()
    };
    let names = |count| (0..count).map(|number| format!("t{number:02}")).collect::<Vec<_>>();
    refused(tags(names(51)).await, INVALID, "Too many tags");
    refused(tags(vec!["t".repeat(129)]).await, INVALID, "1 to 128");
    refused(tags(vec!["aws:x".to_owned()]).await, INVALID, "reserved");
    refused(tags(vec!["x".to_owned(), "x".to_owned()]).await, INVALID, "Duplicate");
    refused(client.untag_resource().resource_arn(&arn).tag_keys("aws:x").send().await, INVALID, "reserved");
    refused(client.list_tags_of_resource().resource_arn(format!("{arn}2")).send().await, "ResourceNotFoundException", "tab2");
    refused(client.list_tags_of_resource().resource_arn("tab").send().await, INVALID, "ResourceArn");
    assert_eq!(model.violations().len(), 6);
    tags(names(50)).await.unwrap();
    let page = client.list_tags_of_resource().resource_arn(&arn).send().await.unwrap();
    assert_eq!((page.tags().len(), page.next_token()), (10, Some("t09")));
    client.untag_resource().resource_arn(&arn).tag_keys("t00").send().await.unwrap();
    let (mut count, mut next) = (0, None);
    loop {
        let page = client.list_tags_of_resource().resource_arn(&arn).set_next_token(next).send().await.unwrap();
        assert!(page.tags().iter().all(|tag| tag.key() != "t00"));
        count += page.tags().len();
        next = page.next_token;
        if next.is_none() {
            break;
        }
    }
    assert_eq!((count, model.violations().len()), (49, 6));
}

#[tokio::test]
async fn a_policy_is_compared_and_set() {
    const NOT_FOUND: &str = "PolicyNotFoundException";
    let model = instant();
    let client = model.once();
    create(&client).send().await.unwrap();
    let arn = describe(&client).await.table_arn.unwrap();
    let put = |text: &str, expected: Option<&str>| {
        let call = client.put_resource_policy().resource_arn(&arn).policy(text);
        call.set_expected_revision_id(expected.map(str::to_owned)).send()
    };
    let get = || client.get_resource_policy().resource_arn(&arn).send();
    let delete = |expected: &str| client.delete_resource_policy().resource_arn(&arn).expected_revision_id(expected).send();
    let (one, two) = (r#"{"Statement":[1]}"#, r#"{"Statement":[2]}"#);
    refused(get().await, NOT_FOUND, "not found");
    refused(put("{}", None).await, INVALID, "policy document");
    refused(put(one, Some("7")).await, NOT_FOUND, "expected revision");
    assert_eq!(model.violations().len(), 1);
    let first = put(one, Some("NO_POLICY")).await.unwrap().revision_id.unwrap();
    refused(put(two, Some("NO_POLICY")).await, NOT_FOUND, "expected revision");
    let second = put(two, Some(&first)).await.unwrap().revision_id.unwrap();
    refused(put(one, Some(&first)).await, NOT_FOUND, "expected revision");
    let live = get().await.unwrap();
    assert_eq!((live.policy(), live.revision_id()), (Some(two), Some(second.as_str())));
    assert_eq!(put(two, None).await.unwrap().revision_id, Some(second.clone()), "the same text keeps its revision");
    refused(delete(&first).await, NOT_FOUND, "expected revision");
    delete(&second).await.unwrap();
    refused(get().await, NOT_FOUND, "not found");
}

#[tokio::test]
async fn insights_of_a_table_and_of_an_index() {
    let model = Model::with(Quirks { polls_insights: 1, ..Quirks::instant() });
    let client = model.once();
    create(&client).attribute_definitions(attribute("a")).global_secondary_indexes(global("by_a", "a")).send().await.unwrap();
    let set = |index: Option<&str>, action, mode: Option<ContributorInsightsMode>| {
        let call = client.update_contributor_insights().table_name("tab").contributor_insights_action(action);
        call.set_index_name(index.map(str::to_owned)).set_contributor_insights_mode(mode).send()
    };
    let (enable, disable) = (ContributorInsightsAction::Enable, ContributorInsightsAction::Disable);
    let status = |index: Option<&str>| {
        let call = client.describe_contributor_insights().table_name("tab").set_index_name(index.map(str::to_owned)).send();
        async { call.await.unwrap().contributor_insights_status.unwrap().as_str().to_owned() }
    };
    refused(set(Some("none"), enable.clone(), None).await, "ResourceNotFoundException", "none");
    assert_eq!(status(None).await, "DISABLED");
    set(None, enable.clone(), None).await.unwrap();
    refused(set(None, disable.clone(), None).await, INVALID, "ENABLING");
    assert_eq!((status(None).await, status(None).await), ("ENABLING".to_owned(), "ENABLED".to_owned()));
    assert_eq!(status(Some("by_a")).await, "DISABLED", "an index has its own");
    set(Some("by_a"), enable.clone(), Some(ContributorInsightsMode::ThrottledKeys)).await.unwrap();
    assert_eq!((status(Some("by_a")).await, status(Some("by_a")).await), ("ENABLING".to_owned(), "ENABLED".to_owned()));
    assert_eq!(model.violations().len(), 1);
    set(None, enable, Some(ContributorInsightsMode::AccessedAndThrottledKeys)).await.unwrap();
    assert!(model.violations()[1].contains("changes nothing"));
    set(None, disable, None).await.unwrap();
    assert_eq!((status(None).await, status(None).await), ("DISABLING".to_owned(), "DISABLED".to_owned()));
}

#[tokio::test]
async fn one_kinesis_destination_at_a_time() {
    const STREAM: &str = "arn:aws:kinesis:eu-central-1:123456789012:stream/s1";
    const OTHER: &str = "arn:aws:kinesis:eu-central-1:123456789012:stream/s2";
    let model = Model::with(Quirks { polls_kinesis: 1, ..Quirks::instant() });
    let client = model.once();
    create(&client).send().await.unwrap();
    let enable = |arn: &str| client.enable_kinesis_streaming_destination().table_name("tab").stream_arn(arn).send();
    let disable = |arn: &str| client.disable_kinesis_streaming_destination().table_name("tab").stream_arn(arn).send();
    let update = |precision| {
        let wanted = UpdateKinesisStreamingConfiguration::builder().approximate_creation_date_time_precision(precision).build();
        let call = client.update_kinesis_streaming_destination().table_name("tab").stream_arn(STREAM);
        call.update_kinesis_streaming_configuration(wanted).send()
    };
    let status = || async {
        let answer = client.describe_kinesis_streaming_destination().table_name("tab").send().await.unwrap();
        let all = answer.kinesis_data_stream_destinations.unwrap_or_default();
        all.iter().map(|one| one.destination_status().unwrap().as_str().to_owned()).collect::<Vec<_>>().join(" ")
    };
    refused(enable("s1").await, INVALID, "Invalid StreamArn");
    refused(disable(STREAM).await, INVALID, "must be ACTIVE");
    enable(STREAM).await.unwrap();
    refused(enable(STREAM).await, INVALID, "not in a valid state");
    refused(disable(STREAM).await, INVALID, "must be ACTIVE");
    assert_eq!((status().await, status().await), ("ENABLING".to_owned(), "ACTIVE".to_owned()));
    refused(enable(OTHER).await, INVALID, "not in a valid state");
    refused(update(ApproximateCreationDateTimePrecision::Millisecond).await, INVALID, "already set");
    assert_eq!(model.violations().len(), 6);
    update(ApproximateCreationDateTimePrecision::Microsecond).await.unwrap();
    assert_eq!((status().await, status().await), ("UPDATING".to_owned(), "ACTIVE".to_owned()));
    disable(STREAM).await.unwrap();
    assert_eq!((status().await, status().await), ("DISABLING".to_owned(), "DISABLED".to_owned()));
    enable(OTHER).await.unwrap();
    assert_eq!(status().await, "DISABLED ENABLING");
    assert_eq!(model.violations().len(), 6);
}
