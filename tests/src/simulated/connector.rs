//! The simulation in the place of a network; it never knows what a request says.

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use serde_json::Value;
use std::sync::Arc;

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
