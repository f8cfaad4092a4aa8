packer {
  required_version = ">= 1.7.0"
  required_plugins {
    googlecompute = {
      source  = "github.com/hashicorp/googlecompute"
      version = ">= 1.0.0"
    }
  }
}

variable "gce_account_file" {
  type    = string
  default = ""
}

variable "gce_project_id" {
  type = string
}

variable "gce_zone" {
  type = string
}

variable "gce_network" {
  type = string
}

variable "gce_network_project_id" {
  type    = string
  default = ""
}

variable "gce_subnetwork" {
  type    = string
  default = ""
}

variable "gce_use_internal_ip" {
  type    = bool
  default = false
}

variable "gce_source_image" {
  type    = string
  default = ""
}

variable "gce_source_image_family" {
  type    = string
  default = ""
}

variable "gce_target_image" {
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

variable "artifactFile" {
  type = string
}

source "googlecompute" "image" {
  account_file       = var.gce_account_file
  project_id         = var.gce_project_id
  zone               = var.gce_zone
  network            = var.gce_network
  network_project_id = var.gce_network_project_id
  subnetwork         = var.gce_subnetwork
  use_internal_ip    = var.gce_use_internal_ip

  source_image        = var.gce_source_image
  source_image_family = var.gce_source_image_family
  ssh_username        = "packerio"
  ssh_pty             = true
  state_timeout       = "15m"

  image_name        = regex_replace(lower(var.gce_target_image), "[^a-z0-9-]", "-")
  image_description = "appversion: ${var.appversion}, build_host: ${var.build_host}, build_info_url: ${var.build_info_url}"
}

build {
  sources = ["source.googlecompute.image"]

  provisioner "file" {
    pause_before = "30s"
    source       = var.artifactFile
    destination  = "/tmp/artifacts.json"
  }

  provisioner "shell" {
    script = "${var.configDir}/install_packages.sh"
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
