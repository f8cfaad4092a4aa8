packer {
  required_version = ">= 1.7.0"
  required_plugins {
    alicloud = {
      source  = "github.com/hashicorp/alicloud"
      version = ">= 1.0.0"
    }
  }
}

variable "alicloud_access_key" {
  type      = string
  default   = ""
  sensitive = true
}

variable "alicloud_secret_key" {
  type      = string
  default   = ""
  sensitive = true
}

variable "alicloud_region" {
  type = string
}

variable "alicloud_vswitch_id" {
  type    = string
  default = env("ALICLOUD_VSWITCH_ID")
}

variable "alicloud_vpc_id" {
  type    = string
  default = env("ALICLOUD_VPC_ID")
}

variable "alicloud_instance_type" {
  type = string
}

variable "alicloud_source_image" {
  type = string
}

variable "alicloud_target_image" {
  type = string
}

variable "alicloud_ssh_username" {
  type = string
}

variable "alicloud_internet_charge_type" {
  type    = string
  default = "PayByTraffic"
}

variable "alicloud_internet_max_bandwidth_out" {
  type    = number
  default = 10
}

variable "copy_to_1" {
  type    = string
  default = env("SPINNAKER_ALICLOUD_DEFAULT_REGION")
}

variable "copy_to_2" {
  type    = string
  default = env("SPINNAKER_ALICLOUD_DEFAULT_REGION")
}

variable "copy_to_3" {
  type    = string
  default = env("SPINNAKER_ALICLOUD_DEFAULT_REGION")
}

variable "copy_to_4" {
  type    = string
  default = env("SPINNAKER_ALICLOUD_DEFAULT_REGION")
}

variable "copy_to_5" {
  type    = string
  default = env("SPINNAKER_ALICLOUD_DEFAULT_REGION")
}

variable "share_with_1" {
  type    = string
  default = env("SPINNAKER_ALICLOUD_DEFAULT_ACCOUNT")
}

variable "share_with_2" {
  type    = string
  default = env("SPINNAKER_ALICLOUD_DEFAULT_ACCOUNT")
}

variable "share_with_3" {
  type    = string
  default = env("SPINNAKER_ALICLOUD_DEFAULT_ACCOUNT")
}

variable "share_with_4" {
  type    = string
  default = env("SPINNAKER_ALICLOUD_DEFAULT_ACCOUNT")
}

variable "share_with_5" {
  type    = string
  default = env("SPINNAKER_ALICLOUD_DEFAULT_ACCOUNT")
}

variable "share_with_6" {
  type    = string
  default = env("SPINNAKER_ALICLOUD_DEFAULT_ACCOUNT")
}

variable "share_with_7" {
  type    = string
  default = env("SPINNAKER_ALICLOUD_DEFAULT_ACCOUNT")
}

variable "share_with_8" {
  type    = string
  default = env("SPINNAKER_ALICLOUD_DEFAULT_ACCOUNT")
}

variable "share_with_9" {
  type    = string
  default = env("SPINNAKER_ALICLOUD_DEFAULT_ACCOUNT")
}

variable "share_with_10" {
  type    = string
  default = env("SPINNAKER_ALICLOUD_DEFAULT_ACCOUNT")
}

variable "packages" {
  type    = string
  default = ""
}

variable "package_type" {
  type    = string
  default = ""
}

variable "repository" {
  type    = string
  default = ""
}

variable "upgrade" {
  type    = string
  default = ""
}

variable "appversion" {
  type    = string
  default = ""
}

variable "build_host" {
  type    = string
  default = ""
}

variable "build_info_url" {
  type    = string
  default = ""
}

variable "configDir" {
  type = string
}

variable "manifestFile" {
  type    = string
  default = "packer-manifest.json"
}

source "alicloud-ecs" "image" {
  access_key = var.alicloud_access_key
  secret_key = var.alicloud_secret_key
  region     = var.alicloud_region

  vswitch_id                 = var.alicloud_vswitch_id
  vpc_id                     = var.alicloud_vpc_id
  instance_name              = "spinnaker-build-${var.alicloud_target_image}"
  instance_type              = var.alicloud_instance_type
  io_optimized               = true
  internet_charge_type       = var.alicloud_internet_charge_type
  internet_max_bandwidth_out = var.alicloud_internet_max_bandwidth_out
  ssh_username               = var.alicloud_ssh_username

  source_image = var.alicloud_source_image
  image_name   = var.alicloud_target_image

  image_copy_regions = distinct(compact([
    var.copy_to_1,
    var.copy_to_2,
    var.copy_to_3,
    var.copy_to_4,
    var.copy_to_5,
  ]))

  image_share_account = distinct(compact([
    var.share_with_1,
    var.share_with_2,
    var.share_with_3,
    var.share_with_4,
    var.share_with_5,
    var.share_with_6,
    var.share_with_7,
    var.share_with_8,
    var.share_with_9,
    var.share_with_10,
  ]))
}

build {
  sources = ["source.alicloud-ecs.image"]

  provisioner "shell" {
    script       = "${var.configDir}/install_packages.sh"
    pause_before = "30s"
    environment_vars = [
      "repository=${var.repository}",
      "package_type=${var.package_type}",
      "packages=${var.packages}",
      "upgrade=${var.upgrade}",
    ]
  }

  post-processor "manifest" {
    output = var.manifestFile
  }
}
