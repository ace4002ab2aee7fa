"""boto3 against the gateway: boto3_test.py SERVER"""

import concurrent.futures
import hashlib
import io
import sys
import time
import unittest
import urllib.error
import urllib.request

from server import gateway, skip

try:
    import boto3
    from botocore.config import Config
    from botocore.exceptions import ClientError
except ImportError as error:
    skip(f"boto3 is not installed ({error}); ./dev test installs it")

ABOUT = {}


def client(service, **overrides):
    options = dict(endpoint_url=ABOUT["endpoint"], region_name="us-east-1", aws_access_key_id=ABOUT["access_key"],
                   aws_secret_access_key=ABOUT["secret_key"],
                   config=Config(signature_version="s3v4" if service == "s3" else "v4", retries={"max_attempts": 0}))
    options.update(overrides)
    return boto3.client(service, **options)


class Case(unittest.TestCase):
    def refused(self, code, call, **arguments):
        with self.assertRaises(ClientError) as caught:
            call(**arguments)
        self.assertEqual(caught.exception.response["Error"]["Code"], code)
        return caught.exception.response


class Sqs(Case):
    def setUp(self):
        self.sqs = client("sqs")
        self.url = self.sqs.create_queue(QueueName=self.id().split(".")[-1],
                                         Attributes={"VisibilityTimeout": "60"})["QueueUrl"]

    def tearDown(self):
        self.sqs.delete_queue(QueueUrl=self.url)

    def receive(self, **arguments):
        return self.sqs.receive_message(QueueUrl=self.url, **arguments).get("Messages", [])

    def test_queues(self):
        for name in ("list-b", "list-a"):
            self.sqs.create_queue(QueueName=name)
        self.assertEqual([url.split("/")[-1] for url in self.sqs.list_queues(QueueNamePrefix="list-")["QueueUrls"]],
                         ["list-a", "list-b"])
        pages = self.sqs.get_paginator("list_queues").paginate(QueueNamePrefix="list-",
                                                               PaginationConfig={"PageSize": 1})
        self.assertEqual([len(page["QueueUrls"]) for page in pages], [1, 1])
        self.assertEqual(self.sqs.get_queue_url(QueueName="list-a")["QueueUrl"], self.sqs.list_queues(
            QueueNamePrefix="list-a")["QueueUrls"][0])
        for name in ("list-a", "list-b"):
            self.sqs.delete_queue(QueueUrl=self.sqs.get_queue_url(QueueName=name)["QueueUrl"])
        self.refused("AWS.SimpleQueueService.NonExistentQueue", self.sqs.get_queue_url, QueueName="list-a")
        with self.assertRaises(self.sqs.exceptions.QueueDoesNotExist):
            self.sqs.get_queue_url(QueueName="list-a")

    def test_create_again(self):
        name = self.url.split("/")[-1]
        self.assertEqual(self.sqs.create_queue(QueueName=name)["QueueUrl"], self.url)
        self.refused("QueueAlreadyExists", self.sqs.create_queue, QueueName=name,
                     Attributes={"VisibilityTimeout": "61"})

    def test_attributes(self):
        dead = self.sqs.create_queue(QueueName="dead")["QueueUrl"]
        arn = self.sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        self.assertEqual(arn, "arn:aws:sqs:us-east-1:000000000000:dead")
        policy = '{"deadLetterTargetArn":"%s","maxReceiveCount":"3"}' % arn
        self.sqs.set_queue_attributes(QueueUrl=self.url, Attributes={
            "VisibilityTimeout": "45", "DelaySeconds": "2", "ReceiveMessageWaitTimeSeconds": "1",
            "MessageRetentionPeriod": "3600", "RedrivePolicy": policy})
        attributes = self.sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=["All"])["Attributes"]
        self.assertEqual(attributes["VisibilityTimeout"], "45")
        self.assertEqual(attributes["DelaySeconds"], "2")
        self.assertEqual(attributes["ReceiveMessageWaitTimeSeconds"], "1")
        self.assertEqual(attributes["MessageRetentionPeriod"], "3600")
        self.assertIn('"maxReceiveCount":3', attributes["RedrivePolicy"])
        self.assertEqual(attributes["ApproximateNumberOfMessages"], "0")
        self.assertEqual(self.sqs.list_dead_letter_source_queues(QueueUrl=dead)["queueUrls"], [self.url])
        self.refused("InvalidAttributeValue", self.sqs.set_queue_attributes, QueueUrl=self.url,
                     Attributes={"VisibilityTimeout": "43201"})
        self.refused("InvalidAttributeName", self.sqs.set_queue_attributes, QueueUrl=self.url,
                     Attributes={"FifoQueue": "true"})
        self.sqs.set_queue_attributes(QueueUrl=self.url, Attributes={"RedrivePolicy": ""})
        self.sqs.delete_queue(QueueUrl=dead)

    def test_send_receive_delete(self):
        sent = self.sqs.send_message(QueueUrl=self.url, MessageBody="héllo <&>", MessageAttributes={
            "trace": {"DataType": "String", "StringValue": "abc"},
            "count": {"DataType": "Number", "StringValue": "42"},
            "raw.bytes": {"DataType": "Binary", "BinaryValue": b"\x00\x01"}})
        # boto3 holds MD5OfMessageBody against what it sent.
        messages = self.receive(MessageSystemAttributeNames=["All"], MessageAttributeNames=["All"])
        self.assertEqual(len(messages), 1)
        message = messages[0]
        self.assertEqual(message["MessageId"], sent["MessageId"])
        self.assertEqual(message["Body"], "héllo <&>")
        self.assertEqual(message["Attributes"]["ApproximateReceiveCount"], "1")
        self.assertAlmostEqual(int(message["Attributes"]["SentTimestamp"]) / 1000, time.time(), delta=60)
        self.assertEqual(message["MessageAttributes"]["raw.bytes"]["BinaryValue"], b"\x00\x01")
        self.assertEqual(message["MD5OfMessageAttributes"], sent["MD5OfMessageAttributes"])
        self.assertEqual(self.receive(), [])
        self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])
        self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])

    def test_groups_share(self):
        for i in range(12):
            self.sqs.send_message(QueueUrl=self.url, MessageBody=f"loud {i}", MessageGroupId="a")
        self.receive(MaxNumberOfMessages=10)
        self.sqs.send_message(QueueUrl=self.url, MessageBody="quiet", MessageGroupId="b")
        message = self.receive(MessageSystemAttributeNames=["MessageGroupId"])[0]
        self.assertEqual((message["Body"], message["Attributes"]), ("quiet", {"MessageGroupId": "b"}))
        self.assertNotIn("Attributes", self.receive()[0])
        self.refused("InvalidParameterValue", self.sqs.send_message, QueueUrl=self.url, MessageBody="x",
                     MessageGroupId="a b")

    def test_attribute_filters(self):
        self.sqs.send_message(QueueUrl=self.url, MessageBody="x", MessageAttributes={
            name: {"DataType": "String", "StringValue": name} for name in ("a.one", "a.two", "b")})
        message = self.receive(MessageAttributeNames=["a.*"], VisibilityTimeout=0)[0]
        self.assertEqual(sorted(message["MessageAttributes"]), ["a.one", "a.two"])
        self.assertNotIn("MessageAttributes", self.receive(WaitTimeSeconds=5)[0])

    def test_visibility(self):
        self.sqs.send_message(QueueUrl=self.url, MessageBody="x")
        receipt = self.receive()[0]["ReceiptHandle"]
        self.sqs.change_message_visibility(QueueUrl=self.url, ReceiptHandle=receipt, VisibilityTimeout=0)
        again = self.receive(MessageSystemAttributeNames=["ApproximateReceiveCount"])[0]
        self.assertEqual(again["Attributes"]["ApproximateReceiveCount"], "2")
        with self.assertRaises(self.sqs.exceptions.MessageNotInflight):
            self.sqs.change_message_visibility(QueueUrl=self.url, ReceiptHandle=receipt, VisibilityTimeout=5)
        self.refused("InvalidParameterValue", self.sqs.change_message_visibility, QueueUrl=self.url,
                     ReceiptHandle=receipt, VisibilityTimeout=43201)

    def test_batches(self):
        entries = [{"Id": str(i), "MessageBody": f"body {i}"} for i in range(9)]
        answer = self.sqs.send_message_batch(QueueUrl=self.url, Entries=entries + [{"Id": "bad", "MessageBody": "\x01"}])
        self.assertEqual(len(answer["Successful"]), 9)
        self.assertEqual([(f["Id"], f["Code"], f["SenderFault"]) for f in answer["Failed"]],
                         [("bad", "InvalidMessageContents", True)])
        messages = self.receive(MaxNumberOfMessages=10)
        self.assertEqual(len(messages), 9)
        leases = [{"Id": m["MessageId"], "ReceiptHandle": m["ReceiptHandle"]} for m in messages]
        extended = self.sqs.change_message_visibility_batch(
            QueueUrl=self.url, Entries=[dict(lease, VisibilityTimeout=30 + i) for i, lease in enumerate(leases)]
            + [{"Id": "lost", "ReceiptHandle": "1.999.999", "VisibilityTimeout": 1}])
        self.assertEqual(len(extended["Successful"]), 9)
        self.assertEqual([f["Id"] for f in extended["Failed"]], ["lost"])
        self.assertEqual(len(self.sqs.delete_message_batch(QueueUrl=self.url, Entries=leases)["Successful"]), 9)
        counts = self.sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=["All"])["Attributes"]
        self.assertEqual(counts["ApproximateNumberOfMessagesNotVisible"], "0")

    def test_bad_batches(self):
        send = self.sqs.send_message_batch
        one = {"Id": "a", "MessageBody": "x"}
        self.refused("AWS.SimpleQueueService.EmptyBatchRequest", send, QueueUrl=self.url, Entries=[])
        self.refused("AWS.SimpleQueueService.BatchEntryIdsNotDistinct", send, QueueUrl=self.url, Entries=[one, one])
        self.refused("AWS.SimpleQueueService.InvalidBatchEntryId", send, QueueUrl=self.url,
                     Entries=[dict(one, Id="a b")])
        self.refused("AWS.SimpleQueueService.TooManyEntriesInBatchRequest", send, QueueUrl=self.url,
                     Entries=[dict(one, Id=str(i)) for i in range(11)])
        self.refused("AWS.SimpleQueueService.BatchRequestTooLong", send, QueueUrl=self.url,
                     Entries=[dict(one, Id=str(i), MessageBody="x" * 600_000) for i in range(2)])

    def test_long_poll(self):
        with concurrent.futures.ThreadPoolExecutor() as pool:
            received = pool.submit(self.receive, WaitTimeSeconds=20)
            self.sqs.send_message(QueueUrl=self.url, MessageBody="x", DelaySeconds=1)
            self.assertEqual(received.result(timeout=15)[0]["Body"], "x")

    def test_purge_and_limits(self):
        self.sqs.send_message(QueueUrl=self.url, MessageBody="x" * 1_048_576)
        self.refused("InvalidParameterValue", self.sqs.send_message, QueueUrl=self.url, MessageBody="x" * 1_048_577)
        self.refused("InvalidParameterValue", self.sqs.receive_message, QueueUrl=self.url, MaxNumberOfMessages=11)
        self.sqs.purge_queue(QueueUrl=self.url)
        self.assertEqual(self.receive(), [])

    def test_signatures(self):
        self.refused("SignatureDoesNotMatch", client("sqs", aws_secret_access_key="wrong").list_queues)
        self.refused("InvalidClientTokenId", client("sqs", aws_access_key_id="AKIANOBODY").list_queues)


class S3(Case):
    def setUp(self):
        self.s3 = client("s3")
        self.bucket = self.id().split(".")[-1].replace("_", "-")
        self.s3.create_bucket(Bucket=self.bucket)

    def put(self, key, body=b"hello", **arguments):
        return self.s3.put_object(Bucket=self.bucket, Key=key, Body=body, **arguments)

    def get(self, key, **arguments):
        return self.s3.get_object(Bucket=self.bucket, Key=key, **arguments)["Body"].read()

    def test_buckets(self):
        self.assertIn(self.bucket, [bucket["Name"] for bucket in self.s3.list_buckets()["Buckets"]])
        self.s3.head_bucket(Bucket=self.bucket)
        self.assertIsNone(self.s3.get_bucket_location(Bucket=self.bucket)["LocationConstraint"])
        self.put("key")
        self.refused("BucketNotEmpty", self.s3.delete_bucket, Bucket=self.bucket)
        self.s3.delete_object(Bucket=self.bucket, Key="key")
        self.s3.delete_bucket(Bucket=self.bucket)
        self.refused("404", self.s3.head_bucket, Bucket=self.bucket)
        self.refused("NoSuchBucket", self.s3.put_object, Bucket=self.bucket, Key="key", Body=b"")

    def test_objects(self):
        put = self.put("a b/ü+%.txt", ContentType="text/plain", Metadata={"origin": "camera"})
        got = self.s3.get_object(Bucket=self.bucket, Key="a b/ü+%.txt")
        self.assertEqual(got["Body"].read(), b"hello")
        self.assertEqual((got["ContentType"], got["Metadata"], got["ETag"]),
                         ("text/plain", {"origin": "camera"}, put["ETag"]))
        head = self.s3.head_object(Bucket=self.bucket, Key="a b/ü+%.txt")
        self.assertEqual(head["ContentLength"], 5)
        self.assertAlmostEqual(head["LastModified"].timestamp(), time.time(), delta=60)
        self.s3.copy_object(Bucket=self.bucket, Key="copy", CopySource={"Bucket": self.bucket, "Key": "a b/ü+%.txt"})
        self.assertEqual(self.s3.head_object(Bucket=self.bucket, Key="copy")["Metadata"], {"origin": "camera"})
        self.s3.delete_object(Bucket=self.bucket, Key="copy")
        self.s3.delete_object(Bucket=self.bucket, Key="copy")
        self.refused("NoSuchKey", self.s3.get_object, Bucket=self.bucket, Key="copy")
        self.refused("404", self.s3.head_object, Bucket=self.bucket, Key="copy")

    def test_large_object(self):
        body = bytes(range(256)) * 20_000  # over 1 MiB: Expect: 100-continue
        self.put("large", body)
        self.assertEqual(hashlib.sha256(self.get("large")).digest(), hashlib.sha256(body).digest())

    def test_ranges(self):
        self.put("digits", b"0123456789")
        got = self.s3.get_object(Bucket=self.bucket, Key="digits", Range="bytes=2-4")
        self.assertEqual((got["Body"].read(), got["ContentRange"], got["ResponseMetadata"]["HTTPStatusCode"]),
                         (b"234", "bytes 2-4/10", 206))
        self.assertEqual(self.get("digits", Range="bytes=-3"), b"789")
        self.assertEqual(self.get("digits", Range="bytes=8-100"), b"89")
        self.refused("InvalidRange", self.s3.get_object, Bucket=self.bucket, Key="digits", Range="bytes=10-")

    def test_conditions(self):
        etag = self.put("key", IfNoneMatch="*")["ETag"]
        self.refused("PreconditionFailed", self.s3.put_object, Bucket=self.bucket, Key="key", IfNoneMatch="*")
        self.put("key", b"two", IfMatch=etag)
        self.refused("PreconditionFailed", self.s3.put_object, Bucket=self.bucket, Key="key", IfMatch=etag)
        now = self.s3.head_object(Bucket=self.bucket, Key="key")["ETag"]
        self.assertEqual(self.get("key", IfMatch=now), b"two")
        self.refused("PreconditionFailed", self.s3.get_object, Bucket=self.bucket, Key="key", IfMatch=etag)
        self.refused("304", self.s3.get_object, Bucket=self.bucket, Key="key", IfNoneMatch=now)

    def test_lists(self):
        keys = ["a/1", "a/2", "b", "c/x/1", "c/y", "d é"]
        for key in keys:
            self.put(key)
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket,
                                                                  PaginationConfig={"PageSize": 4})
        self.assertEqual([entry["Key"] for page in pages for entry in page["Contents"]], keys)
        for operation in ("list_objects", "list_objects_v2"):
            pages = list(self.s3.get_paginator(operation).paginate(Bucket=self.bucket, Delimiter="/",
                                                                   PaginationConfig={"PageSize": 1}))
            self.assertEqual(len(pages), 4)
            self.assertEqual([p["Prefix"] for page in pages for p in page.get("CommonPrefixes", [])], ["a/", "c/"])
            self.assertEqual([entry["Key"] for page in pages for entry in page.get("Contents", [])], ["b", "d é"])
        below = self.s3.list_objects_v2(Bucket=self.bucket, Prefix="c/", Delimiter="/")
        self.assertEqual([entry["Key"] for entry in below["Contents"]], ["c/y"])
        after = self.s3.list_objects_v2(Bucket=self.bucket, StartAfter="b", MaxKeys=1)
        self.assertEqual(([e["Key"] for e in after["Contents"]], after["IsTruncated"]), (["c/x/1"], True))
        deleted = self.s3.delete_objects(Bucket=self.bucket, Delete={"Objects": [{"Key": key} for key in keys]})
        self.assertEqual(sorted(entry["Key"] for entry in deleted["Deleted"]), sorted(keys))
        self.assertEqual(self.s3.list_objects_v2(Bucket=self.bucket)["KeyCount"], 0)

    def test_checksums(self):
        for algorithm in ("CRC32", "SHA1", "SHA256"):
            answer = self.put("key", ChecksumAlgorithm=algorithm)
            self.assertIn("Checksum" + algorithm, answer)
        self.refused("BadDigest", self.s3.put_object, Bucket=self.bucket, Key="key", Body=b"x",
                     ChecksumSHA256="ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=")
        self.refused("BadDigest", self.s3.put_object, Bucket=self.bucket, Key="key", Body=b"x",
                     ContentMD5="XUFAKrxLKna5cZ2REBfFkg==")
        self.assertEqual(self.get("key", ChecksumMode="ENABLED"), b"hello")

    def test_unsigned_stream(self):
        # Over HTTP boto3 hashes and signs a body unless told otherwise. Chunks with trailers: see js_test.mjs.
        unsigned = client("s3", config=Config(signature_version="s3v4", s3={"payload_signing_enabled": False}))
        body = io.BytesIO(b"streamed" * 10_000)
        unsigned.put_object(Bucket=self.bucket, Key="stream", Body=body, ChecksumAlgorithm="CRC32")
        self.assertEqual(self.get("stream"), b"streamed" * 10_000)

    def test_presigned(self):
        def send(url, method="GET", data=None):
            request = urllib.request.Request(url, method=method, data=data)
            with urllib.request.urlopen(request) as answer:
                return answer.read(), answer.headers

        put = self.s3.generate_presigned_url("put_object", Params={"Bucket": self.bucket, "Key": "a/b c"})
        send(put, "PUT", b"by url")
        get = self.s3.generate_presigned_url("get_object", Params={
            "Bucket": self.bucket, "Key": "a/b c", "ResponseContentType": "text/x-test"})
        body, headers = send(get)
        self.assertEqual((body, headers["Content-Type"]), (b"by url", "text/x-test"))
        with self.assertRaises(urllib.error.HTTPError) as caught:
            send(get.replace("b%20c", "other"))
        self.assertEqual(caught.exception.code, 403)

    def test_virtual_host(self):
        host = ABOUT["endpoint"].replace("127.0.0.1", "localhost")
        virtual = client("s3", endpoint_url=host,
                         config=Config(signature_version="s3v4", s3={"addressing_style": "virtual"}))
        self.put("key")
        url = virtual.generate_presigned_url("get_object", Params={"Bucket": self.bucket, "Key": "key"})
        authority = host.replace("http://", f"{self.bucket}.")
        self.assertIn(f"//{authority}/key?", url)
        # Resolvers differ in whether they know names under localhost.
        request = urllib.request.Request(url.replace(f"http://{authority}", ABOUT["endpoint"]),
                                         headers={"Host": authority})
        with urllib.request.urlopen(request) as answer:
            self.assertEqual(answer.read(), b"hello")

    def test_refusals(self):
        self.refused("NotImplemented", self.s3.create_multipart_upload, Bucket=self.bucket, Key="key")
        self.refused("NotImplemented", self.s3.get_bucket_versioning, Bucket=self.bucket)
        self.refused("SignatureDoesNotMatch", client("s3", aws_secret_access_key="wrong").list_buckets)
        self.refused("InvalidAccessKeyId", client("s3", aws_access_key_id="AKIANOBODY").list_buckets)


if __name__ == "__main__":
    with gateway(sys.argv.pop(1)) as about:
        ABOUT.update(about)
        result = unittest.main(verbosity=2, exit=False).result
    sys.exit(not result.wasSuccessful())
