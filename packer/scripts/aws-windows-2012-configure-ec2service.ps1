# Makes machines of the image begin as new ones (Windows Server 2012 R2 and older, whose agent is EC2Config): a password and a name of their
# own, their user data run, and the image generalized when it is bundled.
$ErrorActionPreference = 'Stop'
$settings = "$env:ProgramFiles\Amazon\Ec2ConfigService\Settings"

function Main {
  if (-not (Test-Path $settings)) { throw "there is no EC2Config on this machine ($settings); newer Windows needs aws-windows-configure-ec2launch.ps1" }
  Edit-Xml "$settings\Config.xml" {
    param($xml)
    foreach ($name in 'Ec2SetPassword', 'Ec2SetComputerName', 'Ec2HandleUserData') {
      $plugin = $xml.Ec2ConfigurationSettings.Plugins.Plugin | Where-Object { $_.Name -eq $name }
      if (-not $plugin) { throw "Config.xml has no plugin $name" }
      $plugin.State = 'Enabled'
    }
  }
  Edit-Xml "$settings\BundleConfig.xml" {
    param($xml)
    $property = $xml.BundleConfig.Property | Where-Object { $_.Name -eq 'AutoSysprep' }
    if (-not $property) { throw 'BundleConfig.xml has no property AutoSysprep' }
    $property.Value = 'Yes'
  }
}

function Edit-Xml([string] $file, [scriptblock] $change) {
  $xml = New-Object System.Xml.XmlDocument
  $xml.Load($file)
  & $change $xml
  $xml.Save($file)
  Write-Output "configured $file"
}

try { Main } catch { Write-Output "EC2Config could not be configured: $_"; exit 1 }
