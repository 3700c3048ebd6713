package blob

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/tus/tusd/v2/pkg/s3store"
)

// sequence holds what s3store asks for one upload to an order in which nothing is
// lost or counted twice, wherever a server dies:
//
//   - once a part has failed no later one is stored. s3store goes on, and takes
//     the sum of the parts that are there for the offset.
//   - the bytes after the last whole part, which s3store keeps in an object of
//     their own and takes away before they are a part, stay until they are. That
//     object says which part it follows; one that the parts have overtaken is no
//     longer there for s3store.
type sequence struct {
	s3store.S3API

	multipart string // what the store knows the upload by

	mu     sync.Mutex
	failed bool
	last   int32                 // of the parts that are there
	spare  *s3.DeleteObjectInput // the object that the next part takes in
}

// follows is the name of the metadata that says which part an object follows.
const follows = "follows"

var errPartFailed = errors.New("a part before this one was not stored")

// ListParts notes how many parts there are.
func (q *sequence) ListParts(ctx context.Context, in *s3.ListPartsInput, o ...func(*s3.Options)) (*s3.ListPartsOutput, error) {
	out, err := q.S3API.ListParts(ctx, in, o...)
	if err == nil {
		q.mu.Lock()
		defer q.mu.Unlock()
		for _, part := range out.Parts {
			q.last = max(q.last, aws.ToInt32(part.PartNumber))
		}
	}
	return out, err
}

// HeadObject finds the bytes after the last part, unless a part has them by now.
func (q *sequence) HeadObject(ctx context.Context, in *s3.HeadObjectInput, o ...func(*s3.Options)) (*s3.HeadObjectOutput, error) {
	out, err := q.S3API.HeadObject(ctx, in, o...)
	if err != nil || !strings.HasSuffix(aws.ToString(in.Key), partSuffix) {
		return out, err
	}
	after, err := strconv.ParseInt(out.Metadata[follows], 10, 32)
	if err != nil {
		return nil, errors.New("the bytes after the last part do not say which part they follow")
	}
	current, err := q.isLast(ctx, in, int32(after))
	if err != nil {
		return nil, err
	}
	if !current {
		return nil, &types.NotFound{}
	}
	return out, nil
}

// isLast tells whether no part comes after the one of this number.
func (q *sequence) isLast(ctx context.Context, in *s3.HeadObjectInput, number int32) (bool, error) {
	key, after := strings.TrimSuffix(aws.ToString(in.Key), partSuffix), strconv.Itoa(int(number))
	out, err := q.S3API.ListParts(ctx, &s3.ListPartsInput{Bucket: in.Bucket, Key: &key, UploadId: &q.multipart, PartNumberMarker: &after})
	if isMissing(err) { // it is one object by now
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return len(out.Parts) == 0, nil
}

// CreateMultipartUpload notes by what the store knows the upload.
func (q *sequence) CreateMultipartUpload(
	ctx context.Context, in *s3.CreateMultipartUploadInput, o ...func(*s3.Options),
) (*s3.CreateMultipartUploadOutput, error) {
	out, err := q.S3API.CreateMultipartUpload(ctx, in, o...)
	if err == nil {
		q.multipart = aws.ToString(out.UploadId)
	}
	return out, err
}

// DeleteObject leaves the bytes after the last part until a part has them.
func (q *sequence) DeleteObject(ctx context.Context, in *s3.DeleteObjectInput, o ...func(*s3.Options)) (*s3.DeleteObjectOutput, error) {
	if !strings.HasSuffix(aws.ToString(in.Key), partSuffix) {
		return q.S3API.DeleteObject(ctx, in, o...)
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.spare = in
	return &s3.DeleteObjectOutput{}, nil
}

// UploadPart stores a part after all those before it.
func (q *sequence) UploadPart(ctx context.Context, in *s3.UploadPartInput, o ...func(*s3.Options)) (*s3.UploadPartOutput, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.failed {
		return nil, errPartFailed
	}
	out, err := q.S3API.UploadPart(ctx, in, o...)
	if q.failed = err != nil; q.failed {
		return nil, err
	}
	q.last = max(q.last, aws.ToInt32(in.PartNumber))
	if q.spare != nil {
		// overtaken, so that nobody counts it where this fails
		_, _ = q.S3API.DeleteObject(ctx, q.spare)
		q.spare = nil
	}
	return out, nil
}

// PutObject stores the bytes after the last part, with the part's number.
func (q *sequence) PutObject(ctx context.Context, in *s3.PutObjectInput, o ...func(*s3.Options)) (*s3.PutObjectOutput, error) {
	if !strings.HasSuffix(aws.ToString(in.Key), partSuffix) {
		return q.S3API.PutObject(ctx, in, o...)
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.failed {
		return nil, errPartFailed
	}
	in.Metadata = map[string]string{follows: strconv.Itoa(int(q.last))}
	out, err := q.S3API.PutObject(ctx, in, o...)
	q.failed, q.spare = err != nil, nil
	return out, err
}
