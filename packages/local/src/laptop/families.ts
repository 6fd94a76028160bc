import * as accounts from "../deploy/families/accounts.ts";
import * as events from "../deploy/families/events.ts";
import * as functions from "../deploy/families/functions.ts";
import { ofApi } from "../deploy/families/gateway.ts";
import * as identity from "../deploy/families/identity.ts";
import * as messaging from "../deploy/families/messaging.ts";
import * as others from "../deploy/families/others.ts";
import * as storage from "../deploy/families/storage.ts";
import { table } from "../deploy/families/table.ts";
import type { Family } from "../deploy/family.ts";
import type { Families } from "../deploy/index.ts";

/** Everything the laptop deploys, in order: who may, what is kept, what runs, what wakes it. */
export function families(made: {
  lambdaFunction: Family;
  api: Family;
  distribution: Family;
  userPool: Family;
  userPoolClient: Family;
}): Families {
  return [
    ["aws:iam/role:Role", identity.role],
    ["aws:iam/rolePolicy:RolePolicy", identity.rolePolicy],
    ["aws:s3/bucket:Bucket", storage.bucket],
    ["aws:s3/bucketVersioning:BucketVersioning", storage.bucketVersioning],
    ["aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", storage.publicAccessBlock],
    ["aws:s3/bucketCorsConfiguration:BucketCorsConfiguration", storage.bucketCors],
    ["aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", storage.bucketLifecycle],
    ["aws:s3/bucketPolicy:BucketPolicy", storage.bucketPolicy],
    ["aws:s3/bucketNotification:BucketNotification", storage.bucketNotification],
    ["aws:dynamodb/table:Table", table],
    ["aws:sqs/queue:Queue", messaging.queue],
    ["aws:sqs/queuePolicy:QueuePolicy", messaging.queuePolicy],
    ["aws:sqs/redrivePolicy:RedrivePolicy", messaging.redrivePolicy],
    ["aws:sns/topic:Topic", messaging.topic],
    ["aws:sns/topicPolicy:TopicPolicy", messaging.topicPolicy],
    ["aws:sns/topicSubscription:TopicSubscription", messaging.topicSubscription],
    ["aws:secretsmanager/secret:Secret", others.secret],
    ["aws:secretsmanager/secretVersion:SecretVersion", others.secretVersion],
    ["aws:mediaconvert/queue:Queue", others.encoderQueue],
    ["aws:cognito/userPool:UserPool", made.userPool],
    ["aws:cognito/resourceServer:ResourceServer", accounts.resourceServer],
    ["aws:cognito/userPoolClient:UserPoolClient", made.userPoolClient],
    ["aws:cognito/userGroup:UserGroup", accounts.userGroup],
    ["aws:lambda/permission:Permission", functions.permission],
    ["aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig", functions.eventInvokeConfig],
    ["aws:lambda/function:Function", made.lambdaFunction],
    ["aws:sfn/stateMachine:StateMachine", others.stateMachine],
    ["aws:lambda/eventSourceMapping:EventSourceMapping", functions.eventSourceMapping],
    ["aws:cloudwatch/eventRule:EventRule", events.rule],
    ["aws:cloudwatch/eventTarget:EventTarget", events.target],
    ["aws:scheduler/schedule:Schedule", events.schedule],
    ["aws:apigatewayv2/api:Api", made.api],
    ["aws:apigatewayv2/stage:Stage", ofApi],
    ["aws:apigatewayv2/route:Route", ofApi],
    ["aws:apigatewayv2/integration:Integration", ofApi],
    ["aws:apigatewayv2/authorizer:Authorizer", ofApi],
    ["aws:cloudfront/distribution:Distribution", made.distribution],
  ];
}
