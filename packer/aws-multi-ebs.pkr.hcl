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

variable "aws_associate_public_ip_address" {
  type    = bool
  default = true
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
  type = string
}

variable "aws_ssh_pty" {
  type    = bool
  default = false
}

variable "aws_winrm_username" {
  type    = string
  default = ""
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

variable "copy_to_1" {
  type    = string
  default = ""
}

variable "copy_to_2" {
  type    = string
  default = ""
}

variable "copy_to_3" {
  type    = string
  default = ""
}

variable "copy_to_4" {
  type    = string
  default = ""
}

variable "copy_to_5" {
  type    = string
  default = ""
}

variable "share_with_1" {
  type    = string
  default = ""
}

variable "share_with_2" {
  type    = string
  default = ""
}

variable "share_with_3" {
  type    = string
  default = ""
}

variable "share_with_4" {
  type    = string
  default = ""
}

variable "share_with_5" {
  type    = string
  default = ""
}

variable "share_with_6" {
  type    = string
  default = ""
}

variable "share_with_7" {
  type    = string
  default = ""
}

variable "share_with_8" {
  type    = string
  default = ""
}

variable "share_with_9" {
  type    = string
  default = ""
}

variable "share_with_10" {
  type    = string
  default = ""
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

source "amazon-ebs" "image" {
  access_key          = var.aws_access_key
  secret_key          = var.aws_secret_key
  custom_endpoint_ec2 = var.aws_endpoint_ec2
  region              = var.aws_region

  vpc_id                      = var.aws_vpc_id
  subnet_id                   = var.aws_subnet_id
  associate_public_ip_address = var.aws_associate_public_ip_address
  instance_type               = var.aws_instance_type
  spot_price                  = var.aws_spot_price
  ssh_username                = var.aws_ssh_username
  ssh_pty                     = var.aws_ssh_pty
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

  ami_name    = var.aws_target_ami
  ena_support = var.aws_ena_support ? true : null

  ami_regions = compact([
    var.copy_to_1,
    var.copy_to_2,
    var.copy_to_3,
    var.copy_to_4,
    var.copy_to_5,
  ])

  ami_users = compact([
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
  ])

  tags = {
    appversion     = var.appversion
    build_host     = var.build_host
    build_info_url = var.build_info_url
  }
}

build {
  sources = ["source.amazon-ebs.image"]

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
