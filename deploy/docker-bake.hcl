# The images for both kinds of processor, with lists of what is in them: docs/deployment.md, "The image". Needs Buildx with
# BuildKit 0.13 or later.
variable "POPVOTE_VERSION" {
  default = "latest"
}
variable "POPVOTE_REVISION" {
  default = "unknown"
}
# Such as registry.example.org/city/. Empty: files of this folder.
variable "POPVOTE_REGISTRY" {
  default = ""
}
# Seconds of the commit: git log -1 --format=%ct
variable "SOURCE_DATE_EPOCH" {
  default = "0"
}

function "output" {
  params = [name]
  result = [POPVOTE_REGISTRY == "" ? "type=oci,dest=${name}.tar,rewrite-timestamp=true" : "type=image,push=true,rewrite-timestamp=true"]
}

group "default" {
  targets = ["popvote", "edge", "sbom"]
}

target "image" {
  platforms = ["linux/amd64", "linux/arm64"]
  args = {
    POPVOTE_REVISION  = POPVOTE_REVISION
    SOURCE_DATE_EPOCH = SOURCE_DATE_EPOCH
  }
  labels = {
    "org.opencontainers.image.revision" = POPVOTE_REVISION
  }
  attest = ["type=provenance,mode=max", "type=sbom"]
}

target "popvote" {
  inherits = ["image"]
  context  = "."
  tags     = ["${POPVOTE_REGISTRY}popvote:${POPVOTE_VERSION}"]
  output   = output("popvote")
}

target "edge" {
  inherits = ["image"]
  context  = "deploy/edge"
  tags     = ["${POPVOTE_REGISTRY}popvote-edge:${POPVOTE_VERSION}"]
  output   = output("popvote-edge")
}

# sbom.cdx.json, beside the images.
target "sbom" {
  context = "."
  target  = "sbom"
  args = {
    SOURCE_DATE_EPOCH = SOURCE_DATE_EPOCH
  }
  output = ["type=local,dest=."]
}
