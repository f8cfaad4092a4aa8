packer {
  required_version = ">= 1.7.0"
  required_plugins {
    amazon = {
      source  = "github.com/hashicorp/amazon"
      version = ">= 1.0.0"
    }
  }
}

variable "aws_access_key" {
  type      = string
  default   = ""
  sensitive = true
}

variable "aws_secret_key" {
  type      = string
  default   = ""
  sensitive = true
}

variable "aws_endpoint_ec2" {
  type    = string
  default = ""
}

variable "aws_region" {
  type = string
}

variable "aws_vpc_id" {
  type    = string
  default = env("AWS_VPC_ID")
}

variable "aws_subnet_id" {
  type    = string
  default = env("AWS_SUBNET_ID")
}

variable "aws_security_group" {
  type    = string
  default = ""
}

variable "aws_associate_public_ip_address" {
  type    = bool
  default = false
}

variable "aws_instance_type" {
  type = string
}

variable "aws_spot_price" {
  type    = string
  default = "0"
}

variable "aws_spot_price_auto_product" {
  type    = string
  default = ""
}

variable "aws_ssh_username" {
  type    = string
  default = ""
}

variable "aws_winrm_username" {
  type = string
}

variable "aws_userdata_file" {
  type    = string
  default = "scripts/aws-windows.userdata"
}

variable "aws_boot_pause" {
  type    = string
  default = "30s"
}

variable "aws_source_ami" {
  type    = string
  default = ""
}

variable "aws_source_ami_name" {
  type    = string
  default = "*"
}

variable "aws_source_ami_owners" {
  type    = string
  default = ""
}

variable "aws_source_ami_virtualization_type" {
  type    = string
  default = "*"
}

variable "aws_source_ami_most_recent" {
  type    = bool
  default = false
}

variable "aws_target_ami" {
  type = string
}

variable "aws_ena_support" {
  type    = bool
  default = false
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

variable "chocolateyVersion" {
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

source "amazon-ebs" "image" {
  access_key          = var.aws_access_key
  secret_key          = var.aws_secret_key
  custom_endpoint_ec2 = var.aws_endpoint_ec2
  region              = var.aws_region

  vpc_id                      = var.aws_vpc_id
  subnet_id                   = var.aws_subnet_id
  security_group_id           = var.aws_security_group
  associate_public_ip_address = var.aws_associate_public_ip_address
  instance_type               = var.aws_instance_type
  spot_price                  = var.aws_spot_price
  communicator                = "winrm"
  winrm_username              = var.aws_winrm_username
  user_data_file              = "${var.configDir}/${var.aws_userdata_file}"
  pause_before_connecting     = var.aws_boot_pause

  run_tags = {
    Packages = substr(var.packages, 0, 256)
  }

  source_ami = var.aws_source_ami
  source_ami_filter {
    filters = {
      name                = var.aws_source_ami_name
      virtualization-type = var.aws_source_ami_virtualization_type
    }
    owners      = compact(split(",", var.aws_source_ami_owners))
    most_recent = var.aws_source_ami_most_recent
  }

  ami_name    = regex_replace(var.aws_target_ami, "[^A-Za-z0-9()\\[\\] ./'@_-]", "-")
  ena_support = var.aws_ena_support ? true : null

  tags = {
    appversion     = var.appversion
    build_host     = var.build_host
    build_info_url = var.build_info_url
  }
}

build {
  sources = ["source.amazon-ebs.image"]

  provisioner "powershell" {
    scripts = [
      "${var.configDir}/scripts/aws-windows-configure-ec2launch.ps1",
      "${var.configDir}/scripts/windows-configure-chocolatey.ps1",
      "${var.configDir}/scripts/windows-install-packages.ps1",
      "${var.configDir}/scripts/windows-remove-repositories.ps1",
      "${var.configDir}/scripts/aws-windows-close-winrm.ps1",
    ]
    environment_vars = [
      "repository=${var.repository}",
      "package_type=${var.package_type}",
      "packages=${var.packages}",
      "upgrade=${var.upgrade}",
      "chocolateyVersion=${var.chocolateyVersion}",
    ]
  }

  provisioner "shell-local" {
    script = "${var.configDir}/scripts/aws-windows-await-close.sh"
  }

  post-processor "manifest" {
    output = var.manifestFile
  }
}
