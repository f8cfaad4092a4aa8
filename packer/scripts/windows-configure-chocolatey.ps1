# Puts Chocolatey on this machine if it is not there, and makes the bake's repositories its sources, until windows-remove-repositories.ps1 runs.
#
#   repository         addresses of NuGet v2 feeds, parted by `;`, each with its `user:password@` if it wants one. One that does not answer is
#                      passed over. Chocolatey itself comes from the first of them that has it
#   chocolateyVersion  which Chocolatey; the newest if empty. Windows Server 2012 R2 wants one before 2.0
#
# No credential is ever printed.
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
$tries = 3
$choco = "$env:ProgramData\chocolatey\bin\choco.exe"
# Sources that Chocolatey has of its own, which are no addresses.
$reserved = 'ruby', 'webpi', 'cygwin', 'windowsfeatures', 'python'

function Main {
  [Net.ServicePointManager]::SecurityProtocol = [Net.ServicePointManager]::SecurityProtocol -bor [Net.SecurityProtocolType]::Tls12
  $repositories = @(Read-Repositories "$env:repository" | Where-Object { Test-Repository $_ })
  if (-not (Test-Path $choco)) { Install-Chocolatey $repositories }
  $priority = 0
  foreach ($repository in $repositories) {
    $priority++
    Register-Repository $repository $priority
  }
}

function Read-Repositories([string] $list) {
  $seen = @{}
  foreach ($entry in $list.Trim('"', "'", ' ') -split ';') {
    $text = $entry.Trim()
    if ($text -eq '' -or $reserved -contains $text) { continue }
    $uri = $null
    if (-not [Uri]::TryCreate($text, [UriKind]::Absolute, [ref] $uri) -or $uri.Scheme -notin 'http', 'https') {
      Write-Host 'passed over: a repository that is no http(s) address'
      continue
    }
    $user, $password = @($uri.UserInfo -split ':', 2 | ForEach-Object { [Uri]::UnescapeDataString($_) })
    $name = "bakehouse-$($uri.Host -replace '\.', '-')"
    $seen[$name] = 1 + [int] $seen[$name]
    if ($seen[$name] -gt 1) { $name = "$name-$($seen[$name])" }
    @{
      Name     = $name
      Address  = $uri.GetComponents([UriComponents]::HttpRequestUrl, [UriFormat]::UriEscaped).TrimEnd('/')
      User     = $user
      Password = $password
    }
  }
}

# Whether it answers with a success. A redirect is none: it may lead to a page that asks people for their name.
function Test-Repository($repository) {
  for ($try = 1; $try -le $tries; $try++) {
    try {
      $response = Get-Response $repository "$($repository.Address)/" $false
      $status = [int] $response.StatusCode
      $response.Close()
      if ($status -lt 300) { return $true }
      $why = "it answered $status"
    }
    catch { $why = $_.Exception.GetBaseException().Message }
    if ($try -lt $tries) { Start-Sleep -Seconds ([math]::Pow(2, $try)) }
  }
  Write-Host "passed over: $($repository.Address): $why"
  return $false
}

function Get-Response($repository, [string] $address, [bool] $follow) {
  $request = [Net.WebRequest]::Create($address)
  $request.AllowAutoRedirect = $follow
  $request.Timeout = 60000
  if ($repository.User) {
    $pair = [Text.Encoding]::UTF8.GetBytes("$($repository.User):$($repository.Password)")
    $request.Headers['Authorization'] = "Basic $([Convert]::ToBase64String($pair))"
  }
  $request.GetResponse()
}

function Install-Chocolatey($repositories) {
  $directory = Join-Path $env:TEMP 'bakehouse-chocolatey'
  if (Test-Path $directory) { Remove-Item -Recurse -Force $directory }
  New-Item -ItemType Directory $directory | Out-Null
  foreach ($repository in $repositories) {
    if (-not (Save-Chocolatey $repository "$directory\chocolatey.zip")) { continue }
    Add-Type -AssemblyName System.IO.Compression.FileSystem
    [IO.Compression.ZipFile]::ExtractToDirectory("$directory\chocolatey.zip", "$directory\package")
    & "$directory\package\tools\chocolateyInstall.ps1" | Out-Host
    Remove-Item -Recurse -Force $directory
    if (-not (Test-Path $choco)) { throw "Chocolatey's own installation left no $choco" }
    return
  }
  throw "it is not on this machine, and none of the repositories has it; add one with the package 'chocolatey' to repository"
}

function Save-Chocolatey($repository, [string] $file) {
  $address = "$($repository.Address)/package/chocolatey"
  if ($env:chocolateyVersion) { $address = "$address/$env:chocolateyVersion" }
  try {
    $response = Get-Response $repository $address $true
    $target = [IO.File]::Create($file)
    try { $response.GetResponseStream().CopyTo($target) }
    finally {
      $target.Close()
      $response.Close()
    }
    Write-Host "Chocolatey comes from $($repository.Address)"
    return $true
  }
  catch {
    Write-Host "no Chocolatey at $($repository.Address): $($_.Exception.GetBaseException().Message)"
    return $false
  }
}

function Register-Repository($repository, [int] $priority) {
  $arguments = 'source', 'add', '--name', $repository.Name, '--source', $repository.Address, '--priority', $priority
  if ($repository.User) { $arguments += '--user', $repository.User, '--password', $repository.Password }
  & $choco @arguments | Out-Null
  if ($LASTEXITCODE -ne 0) { throw "choco source add ended with $LASTEXITCODE for $($repository.Address)" }
  Write-Host "source $($repository.Name), priority ${priority}: $($repository.Address)"
}

try { Main } catch { Write-Host "Chocolatey could not be configured: $_"; exit 1 }
