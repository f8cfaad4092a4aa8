packer {
  required_version = ">= 1.7.0"
  required_plugins {
    huaweicloud = {
      source  = "github.com/huaweicloud/huaweicloud"
      version = ">= 1.0.0"
    }
  }
}

variable "huaweicloud_username" {
  type      = string
  default   = env("HUAWEICLOUD_USERNAME")
  sensitive = true
}

variable "huaweicloud_password" {
  type      = string
  default   = env("HUAWEICLOUD_PASSWORD")
  sensitive = true
}

variable "huaweicloud_access_key" {
  type      = string
  default   = env("HW_ACCESS_KEY")
  sensitive = true
}

variable "huaweicloud_secret_key" {
  type      = string
  default   = env("HW_SECRET_KEY")
  sensitive = true
}

variable "huaweicloud_auth_url" {
  type    = string
  default = ""
}

variable "huaweicloud_project_name" {
  type    = string
  default = ""
}

variable "huaweicloud_domain_name" {
  type    = string
  default = ""
}

variable "huaweicloud_insecure" {
  type    = bool
  default = false
}

variable "huaweicloud_region" {
  type = string
}

variable "huaweicloud_vpc_id" {
  type    = string
  default = ""
}

variable "huaweicloud_subnet_id" {
  type    = string
  default = ""
}

variable "huaweicloud_security_group" {
  type    = string
  default = ""
}

variable "huaweicloud_eip_type" {
  type    = string
  default = ""
}

variable "huaweicloud_eip_bandwidth_size" {
  type    = number
  default = 0
}

variable "huaweicloud_instance_type" {
  type = string
}

variable "huaweicloud_source_image_id" {
  type = string
}

variable "huaweicloud_image_name" {
  type = string
}

variable "huaweicloud_ssh_username" {
  type    = string
  default = "root"
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

source "huaweicloud-ecs" "image" {
  access_key   = var.huaweicloud_access_key
  secret_key   = var.huaweicloud_secret_key
  auth_url     = var.huaweicloud_auth_url
  project_name = var.huaweicloud_project_name
  insecure     = var.huaweicloud_insecure
  region       = var.huaweicloud_region

  vpc_id             = var.huaweicloud_vpc_id
  subnets            = compact([var.huaweicloud_subnet_id])
  security_groups    = compact([var.huaweicloud_security_group])
  eip_type           = var.huaweicloud_eip_type
  eip_bandwidth_size = var.huaweicloud_eip_bandwidth_size
  flavor             = var.huaweicloud_instance_type
  ssh_username       = var.huaweicloud_ssh_username

  source_image      = var.huaweicloud_source_image_id
  image_name        = var.huaweicloud_image_name
  image_description = var.appversion
}

build {
  sources = ["source.huaweicloud-ecs.image"]

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
