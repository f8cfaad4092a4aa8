packer {
  required_version = ">= 1.7.0"
  required_plugins {
    tencentcloud = {
      source  = "github.com/hashicorp/tencentcloud"
      version = ">= 1.0.0"
    }
  }
}

variable "tencentcloud_secret_id" {
  type      = string
  default   = env("TENCENTCLOUD_SECRET_ID")
  sensitive = true
}

variable "tencentcloud_secret_key" {
  type      = string
  default   = env("TENCENTCLOUD_SECRET_KEY")
  sensitive = true
}

variable "tencentcloud_region" {
  type = string
}

variable "tencentcloud_zone" {
  type = string
}

variable "tencentcloud_vpc_id" {
  type    = string
  default = ""
}

variable "tencentcloud_subnet_id" {
  type    = string
  default = ""
}

variable "tencentcloud_associate_public_ip_address" {
  type    = bool
  default = true
}

variable "tencentcloud_instance_type" {
  type = string
}

variable "tencentcloud_disk_type" {
  type    = string
  default = "CLOUD_PREMIUM"
}

variable "tencentcloud_source_image_id" {
  type = string
}

variable "tencentcloud_target_image" {
  type = string
}

variable "tencentcloud_image_description" {
  type    = string
  default = ""
}

variable "tencentcloud_ssh_username" {
  type = string
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

source "tencentcloud-cvm" "image" {
  secret_id  = var.tencentcloud_secret_id
  secret_key = var.tencentcloud_secret_key
  region     = var.tencentcloud_region
  zone       = var.tencentcloud_zone

  vpc_id                      = var.tencentcloud_vpc_id
  subnet_id                   = var.tencentcloud_subnet_id
  associate_public_ip_address = var.tencentcloud_associate_public_ip_address
  instance_type               = var.tencentcloud_instance_type
  disk_type                   = var.tencentcloud_disk_type
  ssh_username                = var.tencentcloud_ssh_username

  source_image_id   = var.tencentcloud_source_image_id
  image_name        = var.tencentcloud_target_image
  image_description = var.tencentcloud_image_description
}

build {
  sources = ["source.tencentcloud-cvm.image"]

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
