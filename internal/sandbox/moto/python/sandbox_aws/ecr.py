"""Images of ECR: a digest is that of the manifest, and a tag that moves leaves its image behind."""

import fnmatch
import hashlib

from moto.core.exceptions import ServiceException
from moto.ecr.exceptions import RepositoryNotFoundException
from moto.ecr.models import ECRBackend, RepoTagMutability


class _DigestDoesNotMatch(ServiceException):
    code = "ImageDigestDoesNotMatchException"


class _TagAlreadyExists(ServiceException):
    code = "ImageTagAlreadyExistsException"


def _movable(repository, tag):
    mutability = repository.image_tag_mutability
    excluded = any(fnmatch.fnmatchcase(tag, one["filter"]) for one in repository.image_tag_mutability_exclusion_filters or ())
    mutable = mutability in (RepoTagMutability.MUTABLE, RepoTagMutability.MUTABLE_WITH_EXCLUSION)
    return mutable != excluded if "EXCLUSION" in str(mutability) else mutable


_put = ECRBackend.put_image


def _put_image(self, repository_name, image_manifest, image_tag, image_manifest_mediatype=None, digest=None):
    """AWS works the digest out, where moto takes its layers' or a random one; refuses a missing repository, where moto
    answers 500; and keeps the image that a tag is taken from, by its digest, where moto drops it."""
    repository = self.repositories.get(repository_name)
    if repository is None:
        raise RepositoryNotFoundException(repository_name, self.account_id)
    found = "sha256:" + hashlib.sha256(image_manifest.encode()).hexdigest()
    if digest and digest != found:
        raise _DigestDoesNotMatch(f"Image digest {digest} does not match {found} of the manifest")
    for image in repository.images:
        if image_tag is None or image_tag not in image.image_tags or image.image_digest == found:
            continue
        if not _movable(repository, image_tag):
            raise _TagAlreadyExists(
                f"The image tag '{image_tag}' already exists in the '{repository_name}' repository "
                "and cannot be overwritten because the tag is immutable."
            )
        image.image_tags.remove(image_tag)
        image.image_tag = image.image_tags[-1] if image.image_tags else None
    return _put(self, repository_name, image_manifest, image_tag, image_manifest_mediatype, found)


ECRBackend.put_image = _put_image
