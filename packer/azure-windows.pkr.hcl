packer {
  required_version = ">= 1.7.0"
  required_plugins {
    azure = {
      source  = "github.com/hashicorp/azure"
      version = ">= 1.0.0"
    }
  }
}

variable "azure_client_id" {
  type      = string
  default   = ""
  sensitive = true
}

variable "azure_client_secret" {
  type      = string
  default   = ""
  sensitive = true
}

variable "azure_tenant_id" {
  type    = string
  default = ""
}

variable "azure_subscription_id" {
  type    = string
  default = ""
}

variable "azure_object_id" {
  type    = string
  default = ""
}

variable "azure_resource_group" {
  type = string
}

variable "azure_location" {
  type = string
}

variable "azure_vm_size" {
  type    = string
  default = "Standard_A2_v2"
}

variable "azure_image_publisher" {
  type = string
}

variable "azure_image_offer" {
  type = string
}

variable "azure_image_sku" {
  type = string
}

variable "azure_custom_managed_image_name" {
  type    = string
  default = ""
}

variable "azure_managed_image_name" {
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

source "azure-arm" "image" {
  client_id       = var.azure_client_id
  client_secret   = var.azure_client_secret
  tenant_id       = var.azure_tenant_id
  subscription_id = var.azure_subscription_id
  object_id       = var.azure_object_id

  location        = var.azure_location
  vm_size         = var.azure_vm_size
  os_type         = "Windows"
  image_publisher = var.azure_image_publisher
  image_offer     = var.azure_image_offer
  image_sku       = var.azure_image_sku
  communicator    = "winrm"
  winrm_username  = "packer"
  winrm_use_ssl   = true
  winrm_insecure  = true
  winrm_timeout   = "5m"

  managed_image_resource_group_name = var.azure_resource_group
  managed_image_name                = var.azure_managed_image_name

  azure_tags = {
    appversion     = substr(var.appversion, 0, 256)
    build_host     = substr(var.build_host, 0, 256)
    build_info_url = substr(var.build_info_url, 0, 256)
  }
}

build {
  sources = ["source.azure-arm.image"]

  provisioner "powershell" {
    pause_before = "30s"
    scripts = [
      "${var.configDir}/scripts/windows-configure-chocolatey.ps1",
      "${var.configDir}/scripts/windows-install-packages.ps1",
      "${var.configDir}/scripts/windows-remove-repositories.ps1",
    ]
    environment_vars = [
      "repository=${var.repository}",
      "package_type=${var.package_type}",
      "packages=${var.packages}",
      "upgrade=${var.upgrade}",
      "chocolateyVersion=${var.chocolateyVersion}",
    ]
  }

  provisioner "powershell" {
    script = "${var.configDir}/scripts/azure-windows-generalize.ps1"
  }

  post-processor "manifest" {
    output = var.manifestFile
  }
}
