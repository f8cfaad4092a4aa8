packer {
  required_version = ">= 1.7.0"
}

variable "local_suite" {
  type = string
}

variable "local_mirror" {
  type    = string
  default = ""
}

variable "local_target_image" {
  type = string
}

variable "local_output_dir" {
  type = string
}

variable "local_cache_dir" {
  type = string
}

variable "format" {
  type    = string
  default = "tar"
}

variable "packages" {
  type    = string
  default = "hello"
}

variable "package_type" {
  type    = string
  default = "deb"
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
  type = string
}

source "null" "local" {
  communicator = "none"
}

build {
  sources = ["source.null.local"]

  provisioner "shell-local" {
    script = "${var.configDir}/scripts/local-bake.sh"
    execute_command = [
      "setpriv",
      "--pdeathsig",
      "KILL",
      "/bin/sh",
      "-c",
      "{{.Vars}} setpriv --pdeathsig TERM bash '{{.Script}}'; exit $?",
    ]
    environment_vars = [
      "suite=${var.local_suite}",
      "mirror=${var.local_mirror}",
      "image_name=${var.local_target_image}",
      "output_dir=${var.local_output_dir}",
      "cache_dir=${var.local_cache_dir}",
      "format=${var.format}",
      "packages=${var.packages}",
      "package_type=${var.package_type}",
      "repository=${var.repository}",
      "upgrade=${var.upgrade}",
      "appversion=${var.appversion}",
      "build_host=${var.build_host}",
      "build_info_url=${var.build_info_url}",
    ]
  }

  post-processors {
    post-processor "artifice" {
      files = ["${var.local_output_dir}/${var.local_target_image}.${var.format}"]
    }

    post-processor "checksum" {
      checksum_types = ["sha256"]
      output         = "${var.local_output_dir}/${var.local_target_image}.{{.ChecksumType}}"
    }

    post-processor "manifest" {
      output = var.manifestFile
    }
  }
}
