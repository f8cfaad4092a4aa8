packer {
  required_version = ">= 1.7.0"
  required_plugins {
    oracle = {
      source  = "github.com/hashicorp/oracle"
      version = ">= 1.0.0"
    }
  }
}

variable "oracle_compartment_id" {
  type = string
}

variable "oracle_tenancy_id" {
  type = string
}

variable "oracle_user_id" {
  type = string
}

variable "oracle_fingerprint" {
  type = string
}

variable "oracle_ssh_private_key_file_path" {
  type = string
}

variable "oracle_pass_phrase" {
  type      = string
  default   = ""
  sensitive = true
}

variable "oracle_region" {
  type = string
}

variable "oracle_availability_domain" {
  type = string
}

variable "oracle_instance_shape" {
  type = string
}

variable "oracle_subnet_id" {
  type = string
}

variable "oracle_base_image_id" {
  type = string
}

variable "oracle_image_name" {
  type = string
}

variable "oracle_ssh_user_name" {
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

source "oracle-oci" "image" {
  tenancy_ocid = var.oracle_tenancy_id
  user_ocid    = var.oracle_user_id
  fingerprint  = var.oracle_fingerprint
  key_file     = var.oracle_ssh_private_key_file_path
  pass_phrase  = var.oracle_pass_phrase
  region       = var.oracle_region

  compartment_ocid    = var.oracle_compartment_id
  availability_domain = var.oracle_availability_domain
  subnet_ocid         = var.oracle_subnet_id
  shape               = var.oracle_instance_shape
  ssh_username        = var.oracle_ssh_user_name

  base_image_ocid = var.oracle_base_image_id
  image_name      = var.oracle_image_name
}

build {
  sources = ["source.oracle-oci.image"]

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
