// AWS's JavaScript clients against the gateway at DARKROOM_ENDPOINT; run_js.py starts it.
import assert from 'node:assert/strict';
import {Readable} from 'node:stream';
import {before, describe, test} from 'node:test';

import * as s3 from '@aws-sdk/client-s3';
import * as sqs from '@aws-sdk/client-sqs';
import {getSignedUrl} from '@aws-sdk/s3-request-presigner';

const endpoint = process.env.DARKROOM_ENDPOINT;
const named = (name) => (error) => error.name === name;

describe('SQS', () => {
  const client = new sqs.SQSClient({endpoint, maxAttempts: 1});
  const send = (command) => client.send(command);
  let QueueUrl;

  before(async () => {
    const Attributes = {VisibilityTimeout: '60'};
    ({QueueUrl} = await send(new sqs.CreateQueueCommand({QueueName: 'js-queue', Attributes})));
  });

  test('finds, lists and deletes queues', async () => {
    const other = await send(new sqs.CreateQueueCommand({QueueName: 'js-other'}));
    assert.equal((await send(new sqs.GetQueueUrlCommand({QueueName: 'js-queue'}))).QueueUrl, QueueUrl);
    const listed = await send(new sqs.ListQueuesCommand({QueueNamePrefix: 'js-'}));
    assert.deepEqual(listed.QueueUrls, [other.QueueUrl, QueueUrl]);
    await send(new sqs.DeleteQueueCommand({QueueUrl: other.QueueUrl}));
    await assert.rejects(send(new sqs.GetQueueUrlCommand({QueueName: 'js-other'})),
                         (error) => error instanceof sqs.QueueDoesNotExist);
  });

  test('reads and changes attributes', async () => {
    await send(new sqs.SetQueueAttributesCommand({QueueUrl, Attributes: {DelaySeconds: '0', VisibilityTimeout: '50'}}));
    const {Attributes} = await send(new sqs.GetQueueAttributesCommand({QueueUrl, AttributeNames: ['All']}));
    assert.equal(Attributes.VisibilityTimeout, '50');
    assert.equal(Attributes.QueueArn, 'arn:aws:sqs:us-east-1:000000000000:js-queue');
  });

  test('sends, receives, extends and deletes a message', async () => {
    const MessageAttributes = {trace: {DataType: 'String', StringValue: 'abc'},
                               raw: {DataType: 'Binary', BinaryValue: new Uint8Array([0, 1, 2])}};
    const sent = await send(new sqs.SendMessageCommand({QueueUrl, MessageBody: 'héllo', MessageAttributes}));
    // The client holds the MD5 of the body against the body.
    const {Messages} = await send(new sqs.ReceiveMessageCommand(
        {QueueUrl, MessageAttributeNames: ['All'], MessageSystemAttributeNames: ['All'], WaitTimeSeconds: 1}));
    assert.equal(Messages[0].MessageId, sent.MessageId);
    assert.equal(Messages[0].Body, 'héllo');
    assert.equal(Messages[0].Attributes.ApproximateReceiveCount, '1');
    assert.deepEqual([...Messages[0].MessageAttributes.raw.BinaryValue], [0, 1, 2]);
    const {ReceiptHandle} = Messages[0];
    await send(new sqs.ChangeMessageVisibilityCommand({QueueUrl, ReceiptHandle, VisibilityTimeout: 100}));
    await send(new sqs.DeleteMessageCommand({QueueUrl, ReceiptHandle}));
    await assert.rejects(
        send(new sqs.ChangeMessageVisibilityCommand({QueueUrl, ReceiptHandle, VisibilityTimeout: 100})),
        (error) => error instanceof sqs.MessageNotInflight);
  });

  test('does the same in batches', async () => {
    const bodies = Array.from({length: 10}, (_, i) => ({Id: `m${i}`, MessageBody: `body ${i}`}));
    const sent = await send(new sqs.SendMessageBatchCommand({QueueUrl, Entries: bodies}));
    assert.equal(sent.Successful.length, 10);
    const {Messages} = await send(new sqs.ReceiveMessageCommand({QueueUrl, MaxNumberOfMessages: 10}));
    assert.equal(Messages.length, 10);
    const leases = Messages.map(({ReceiptHandle}, i) => ({Id: `m${i}`, ReceiptHandle}));
    const extended = await send(new sqs.ChangeMessageVisibilityBatchCommand(
        {QueueUrl, Entries: leases.map((lease) => ({...lease, VisibilityTimeout: 90}))}));
    assert.equal(extended.Successful.length, 10);
    const deleted = await send(new sqs.DeleteMessageBatchCommand({QueueUrl, Entries: leases}));
    assert.equal(deleted.Successful.length, 10);
    await assert.rejects(send(new sqs.SendMessageBatchCommand({QueueUrl, Entries: []})),
                         (error) => error instanceof sqs.EmptyBatchRequest);
  });

  test('purges', async () => {
    await send(new sqs.SendMessageCommand({QueueUrl, MessageBody: 'x'}));
    await send(new sqs.PurgeQueueCommand({QueueUrl}));
    assert.equal((await send(new sqs.ReceiveMessageCommand({QueueUrl}))).Messages, undefined);
  });
});

describe('S3', () => {
  const client = new s3.S3Client({endpoint, forcePathStyle: true, maxAttempts: 1});
  const send = (command) => client.send(command);
  const Bucket = 'js-bucket';
  const put = (Key, Body, more = {}) => send(new s3.PutObjectCommand({Bucket, Key, Body, ...more}));
  const get = async (Key, more = {}) =>
      (await send(new s3.GetObjectCommand({Bucket, Key, ...more}))).Body.transformToString();

  before(() => send(new s3.CreateBucketCommand({Bucket})));

  test('puts, gets, heads and deletes objects', async () => {
    const stored = await put('a b/ü+%.txt', 'hello', {ContentType: 'text/plain', Metadata: {origin: 'camera'}});
    assert.ok(stored.ChecksumCRC32);
    assert.equal(await get('a b/ü+%.txt'), 'hello');
    const head = await send(new s3.HeadObjectCommand({Bucket, Key: 'a b/ü+%.txt'}));
    assert.deepEqual([head.ContentLength, head.ContentType, head.Metadata, head.ETag],
                     [5, 'text/plain', {origin: 'camera'}, stored.ETag]);
    await send(new s3.DeleteObjectCommand({Bucket, Key: 'a b/ü+%.txt'}));
    await assert.rejects(get('a b/ü+%.txt'), named('NoSuchKey'));
    await assert.rejects(send(new s3.HeadObjectCommand({Bucket, Key: 'none'})), named('NotFound'));
  });

  test('uploads a stream in chunks with a trailing checksum', async () => {
    const pieces = Array.from({length: 40}, (_, i) => Buffer.alloc(5000, i));
    const whole = Buffer.concat(pieces);
    for (const ChecksumAlgorithm of ['CRC32', 'CRC32C', 'SHA1', 'SHA256']) {
      let framing;
      const spy = new s3.S3Client({endpoint, forcePathStyle: true, maxAttempts: 1});
      spy.middlewareStack.add((next) => (args) => {
        framing = args.request.headers['content-encoding'];
        return next(args);
      }, {step: 'finalizeRequest', priority: 'low'});
      const stored = await spy.send(new s3.PutObjectCommand(
          {Bucket, Key: 'stream', Body: Readable.from(pieces), ContentLength: whole.length, ChecksumAlgorithm}));
      assert.equal(framing, 'aws-chunked');
      assert.ok(stored[`Checksum${ChecksumAlgorithm}`]);
      const back = await send(new s3.GetObjectCommand({Bucket, Key: 'stream', ChecksumMode: 'ENABLED'}));
      assert.deepEqual(Buffer.from(await back.Body.transformToByteArray()), whole);
    }
  });

  test('gives ranges', async () => {
    await put('digits', '0123456789');
    assert.equal(await get('digits', {Range: 'bytes=2-4'}), '234');
    assert.equal(await get('digits', {Range: 'bytes=-3'}), '789');
    await assert.rejects(get('digits', {Range: 'bytes=10-'}), named('InvalidRange'));
  });

  test('keeps to conditions', async () => {
    const first = await put('once', 'one', {IfNoneMatch: '*'});
    await assert.rejects(put('once', 'two', {IfNoneMatch: '*'}), named('PreconditionFailed'));
    await put('once', 'two', {IfMatch: first.ETag});
    await assert.rejects(put('once', 'three', {IfMatch: first.ETag}), named('PreconditionFailed'));
    assert.equal(await get('once'), 'two');
  });

  test('lists and deletes many', async () => {
    const keys = ['list/1', 'list/2', 'list/sub/1', 'list/é'];
    for (const key of keys) await put(key, 'x');
    const pages = s3.paginateListObjectsV2({client, pageSize: 1}, {Bucket, Prefix: 'list/', Delimiter: '/'});
    const seen = [];
    for await (const page of pages) {
      seen.push(...(page.Contents ?? []).map(({Key}) => Key), ...(page.CommonPrefixes ?? []).map(({Prefix}) => Prefix));
    }
    assert.deepEqual(seen, ['list/1', 'list/2', 'list/sub/', 'list/é']);
    const Delete = {Objects: keys.map((Key) => ({Key})), Quiet: true};
    assert.equal((await send(new s3.DeleteObjectsCommand({Bucket, Delete}))).Errors, undefined);
    assert.equal((await send(new s3.ListObjectsV2Command({Bucket, Prefix: 'list/'}))).KeyCount, 0);
  });

  test('works with presigned URLs', async () => {
    const upload = await getSignedUrl(client, new s3.PutObjectCommand({Bucket, Key: 'by url'}));
    assert.equal((await fetch(upload, {method: 'PUT', body: 'hello'})).status, 200);
    const download = await getSignedUrl(client, new s3.GetObjectCommand({Bucket, Key: 'by url'}));
    assert.equal(await (await fetch(download)).text(), 'hello');
    assert.equal((await fetch(download.replace('by%20url', 'digits'))).status, 403);
  });

  test('refuses another secret', async () => {
    const credentials = {accessKeyId: process.env.AWS_ACCESS_KEY_ID, secretAccessKey: 'wrong'};
    const stranger = new s3.S3Client({endpoint, forcePathStyle: true, maxAttempts: 1, credentials});
    await assert.rejects(stranger.send(new s3.ListBucketsCommand({})), named('SignatureDoesNotMatch'));
  });
});
