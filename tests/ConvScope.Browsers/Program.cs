using ConvScope.Browsers;

// Finds a Chromium for the tests of the page, or gets one. Prints the setting with which the tests are to run; what it does meanwhile goes
// to the error stream.
try
{
    var browser = new BrowserSupply(new ThisMachine(), BrowserSupply.Sources, Console.Error.WriteLine).Supply();
    Console.Error.WriteLine($"Browser of the tests: {browser.Path} ({browser.Origin})");
    Console.WriteLine($"{BrowserFinder.Variable}={browser.Path}");
    return 0;
}
catch (IOException exception) when (exception is not FileNotFoundException)
{
    Console.Error.WriteLine($"Tests of the page will be skipped: {exception.Message}");
    Console.WriteLine($"{BrowserSupply.MissingVariable}={exception.Message}");
    return 0;
}
catch (Exception exception) when (exception is FileNotFoundException or ArgumentException)
{
    Console.Error.WriteLine(exception.Message);
    return 1;
}
