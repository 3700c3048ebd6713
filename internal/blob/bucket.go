package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"

	"github.com/indywire/indywire/internal/fault"
)

// Bucket says where a store of Amazon's S3 protocol is, and as whom it is asked.
// Of the protocol only what Garage, MinIO and others share is used.
type Bucket struct {
	Name     string
	Endpoint string // URL; empty: Amazon's own
	Region   string
	Key      string // AWS_ACCESS_KEY_ID
	Secret   string // AWS_SECRET_ACCESS_KEY
	Cache    int64  // bytes that a node keeps of it; 0: half of its disk
}

// Bounds of what a bucket is asked.
const (
	dialPatience   = 5 * time.Second
	answerPatience = 30 * time.Second // for an answer to begin
	tries          = 3
	mostPause      = 2 * time.Second // between two tries
)

// bucket asks a store of the S3 protocol. Its errors are faults, and name no
// object: an upload's name is its id, which no log may hold.
type bucket struct {
	name   string
	client *s3.Client
}

func (b Bucket) reach() *bucket {
	dialer := &net.Dialer{Timeout: dialPatience, KeepAlive: 15 * time.Second}
	transport := &http.Transport{
		Proxy: http.ProxyFromEnvironment, DialContext: dialer.DialContext, ForceAttemptHTTP2: true, TLSHandshakeTimeout: dialPatience,
		ResponseHeaderTimeout: answerPatience, ExpectContinueTimeout: time.Second, MaxIdleConnsPerHost: 32, IdleConnTimeout: 90 * time.Second,
	}
	client := s3.New(s3.Options{
		Region: b.Region, Credentials: credentials.NewStaticCredentialsProvider(b.Key, b.Secret, ""), UsePathStyle: true,
		HTTPClient: &http.Client{Transport: transport},
		Retryer: retry.NewStandard(func(o *retry.StandardOptions) {
			o.MaxAttempts, o.MaxBackoff = tries, mostPause
		}),
		// others than Amazon know no checksums beyond the signature's
		RequestChecksumCalculation: aws.RequestChecksumCalculationWhenRequired, ResponseChecksumValidation: aws.ResponseChecksumValidationWhenRequired,
	}, func(o *s3.Options) {
		if b.Endpoint != "" {
			o.BaseEndpoint = aws.String(b.Endpoint)
		}
	})
	return &bucket{name: b.Name, client: client}
}

// check tells whether the bucket answers and may be used.
func (b *bucket) check(ctx context.Context) error {
	_, err := b.client.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: &b.name})
	return answered(err)
}

func (b *bucket) put(ctx context.Context, key string, f *os.File, size int64) error {
	_, err := b.client.PutObject(ctx, &s3.PutObjectInput{Bucket: &b.name, Key: &key, Body: f, ContentLength: &size})
	return answered(err)
}

// get reads an object, or a part of it where within is a Range header.
func (b *bucket) get(ctx context.Context, key string, within *string) (io.ReadCloser, error) {
	got, err := b.client.GetObject(ctx, &s3.GetObjectInput{Bucket: &b.name, Key: &key, Range: within})
	if err != nil {
		return nil, answered(err)
	}
	return answeredBody{got.Body}, nil
}

// size is the length of an object in bytes.
func (b *bucket) size(ctx context.Context, key string) (int64, error) {
	got, err := b.client.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &b.name, Key: &key})
	if err != nil {
		return 0, answered(err)
	}
	return aws.ToInt64(got.ContentLength), nil
}

// remove deletes objects; missing ones are no error. One by one: the answer to
// the deletion of many differs from store to store.
func (b *bucket) remove(ctx context.Context, keys ...string) error {
	for _, key := range keys {
		_, err := b.client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &b.name, Key: &key})
		if err = answered(err); err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	return nil
}

// abort gives up a multipart upload; one that is over is no error.
func (b *bucket) abort(ctx context.Context, key, id string) error {
	_, err := b.client.AbortMultipartUpload(ctx, &s3.AbortMultipartUploadInput{Bucket: &b.name, Key: &key, UploadId: &id})
	if err = answered(err); fault.Is(err, fault.NotFound) {
		return nil
	}
	return err
}

// old lists the keys of objects that were written longer than age ago, a page at
// a time.
func (b *bucket) old(ctx context.Context, prefix string, age time.Duration, each func(keys []string) error) error {
	pages := s3.NewListObjectsV2Paginator(b.client, &s3.ListObjectsV2Input{Bucket: &b.name, Prefix: &prefix})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return answered(err)
		}
		var keys []string
		for _, object := range page.Contents {
			if time.Since(aws.ToTime(object.LastModified)) >= age {
				keys = append(keys, aws.ToString(object.Key))
			}
		}
		if err := each(keys); err != nil {
			return err
		}
	}
	return nil
}

// unfinished lists the multipart uploads that were begun longer than age ago:
// the id of each by its key.
func (b *bucket) unfinished(ctx context.Context, prefix string, age time.Duration) (map[string]string, error) {
	ids := map[string]string{}
	pages := s3.NewListMultipartUploadsPaginator(b.client, &s3.ListMultipartUploadsInput{Bucket: &b.name, Prefix: &prefix})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, answered(err)
		}
		for _, u := range page.Uploads {
			if time.Since(aws.ToTime(u.Initiated)) >= age {
				ids[aws.ToString(u.Key)] = aws.ToString(u.UploadId)
			}
		}
	}
	return ids, nil
}

// answered gives what a store answers its kind, and takes the rest out of it.
// What is not there is fault.NotFound, a full store fault.Full, and everything
// else passes once somebody sees to the store: fault.Busy.
func answered(err error) error {
	switch code := codeOf(err); {
	case err == nil:
		return nil
	case errors.Is(err, context.Canceled):
		return fault.Wrap(fault.Busy, "the media store", context.Canceled)
	case errors.Is(err, context.DeadlineExceeded):
		return fault.Wrap(fault.Busy, "the media store", context.DeadlineExceeded)
	case isMissing(err):
		return fault.New(fault.NotFound, "blob")
	case code == "InsufficientStorage" || code == "QuotaExceeded" || code == "XMinioStorageFull":
		return fault.New(fault.Full, "the media store is full")
	case code != "":
		return fault.New(fault.Busy, "the media store answers "+code)
	}
	return fault.New(fault.Busy, "the media store does not answer")
}

func codeOf(err error) string {
	if said, ok := errors.AsType[smithy.APIError](err); ok {
		return said.ErrorCode()
	}
	return ""
}

// isMissing tells that an object, or a multipart upload, is not there. Stores
// differ in which of the types they use.
func isMissing(err error) bool {
	if _, ok := errors.AsType[*types.NoSuchKey](err); ok {
		return true
	}
	switch codeOf(err) {
	case "NoSuchKey", "NotFound", "NoSuchUpload":
		return true
	}
	return false
}

// answeredBody is the content of an object; a connection that breaks is told
// from a reader of ours that fails.
type answeredBody struct{ io.ReadCloser }

func (b answeredBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = fmt.Errorf("read from the media store: %w", answered(err))
	}
	return n, err
}
