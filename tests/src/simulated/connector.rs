//! The simulation in the place of a network; it never knows what a request says.

use aws_sdk_dynamodb::Client;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use serde_json::Value;
use std::sync::{Arc, OnceLock};

use super::describe;
use super::world::World;

#[derive(Clone, Debug)]
pub(super) struct Seam {
    pub(super) world: Arc<World>,
    pub(super) below: SharedHttpClient,
}

impl HttpClient for Seam {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        let below = self.below.http_connector(settings, components);
        SharedHttpConnector::new(Connector { world: self.world.clone(), below })
    }
}

impl Seam {
    /// The connector itself, for requests that no client of the SDK sends.
    pub(super) async fn connector(&self) -> SharedHttpConnector {
        let caught = Catch { seam: self.clone(), connector: Arc::default() };
        let client = Client::from_conf(self.world.below.config().to_builder().http_client(caught.clone()).build());
        // Only the SDK can make what a connector is made of; what the engine answers is of no interest.
        let _ = client.list_tables().send().await;
        caught.connector.get().expect("the SDK asks for a connector before it sends").clone()
    }
}

#[derive(Clone, Debug)]
struct Catch {
    seam: Seam,
    connector: Arc<OnceLock<SharedHttpConnector>>,
}

impl HttpClient for Catch {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        self.connector.get_or_init(|| self.seam.http_connector(settings, components)).clone()
    }
}

#[derive(Debug)]
struct Connector {
    world: Arc<World>,
    below: SharedHttpConnector,
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (world, below) = (self.world.clone(), self.below.clone());
        HttpConnectorFuture::new(async move {
            let target = request.headers().get("x-amz-target").unwrap_or_default();
            let operation = target.rsplit('.').next().unwrap_or_default().to_owned();
            let body = request.body().bytes().unwrap_or_default();
            if let Some(reply) = world.answer(&operation, body).await {
                return Ok(reply.into_response());
            }
            if !["DescribeTable", "CreateTable", "DeleteTable"].contains(&operation.as_str()) {
                return below.call(request).await;
            }
            let request_json: Value = serde_json::from_slice(body).unwrap_or_default();
            let table = request_json["TableName"].as_str().unwrap_or_default().to_owned();
            let response = below.call(request).await?;
            let Some(mut state) = world.table(&table).filter(|_| response.status().is_success()) else { return Ok(response) };
            if operation == "DescribeTable" {
                let edited = describe::edit(&state, response.body().bytes().unwrap_or_default());
                return Ok(HttpResponse::new(response.status(), SdkBody::from(edited)));
            }
            state.forget();
            Ok(response)
        })
    }
}
