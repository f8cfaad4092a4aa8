packer {
  required_version = ">= 1.7.0"
  required_plugins {
    docker = {
      source  = "github.com/hashicorp/docker"
      version = ">= 1.0.0"
    }
  }
}

variable "docker_source_image" {
  type = string
}

variable "docker_target_image" {
  type = string
}

variable "docker_target_image_tag" {
  type    = string
  default = "latest"
}

variable "docker_target_repository" {
  type    = string
  default = ""
}

variable "docker_login_server" {
  type    = string
  default = ""
}

variable "docker_login_username" {
  type    = string
  default = ""
}

variable "docker_login_password" {
  type      = string
  default   = ""
  sensitive = true
}

variable "docker_pull" {
  type    = bool
  default = false
}

variable "docker_network" {
  type    = string
  default = "bridge"
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

source "docker" "image" {
  image  = var.docker_source_image
  commit = true
  pull   = var.docker_pull

  login          = var.docker_login_username != ""
  login_server   = var.docker_login_server
  login_username = var.docker_login_username
  login_password = var.docker_login_password

  run_command = [
    "--detach",
    "--interactive",
    "--tty",
    "--network=${var.docker_network}",
    "--label=appversion=${var.appversion}",
    "--label=build_host=${var.build_host}",
    "--label=build_info_url=${var.build_info_url}",
    "{{.Image}}",
    "/bin/bash",
  ]
}

build {
  sources = ["source.docker.image"]

  provisioner "shell" {
    script = "${var.configDir}/install_packages.sh"
    environment_vars = [
      "repository=${var.repository}",
      "package_type=${var.package_type}",
      "packages=${var.packages}",
      "upgrade=${var.upgrade}",
      "disable_services=true",
    ]
  }

  post-processors {
    post-processor "docker-tag" {
      repository = join("/", compact([var.docker_target_repository, var.docker_target_image]))
      tags       = [var.docker_target_image_tag]
    }

    post-processor "manifest" {
      output = var.manifestFile
    }
  }
}
